"""Tables for `vietnamese`: abbreviations, regional words, sounds, and what a syllable may be.

Data about the language, from everyday chat. A word enters only where its reading hardly ever
differs: `hong` stays as it is (hỏng, hồng or hông), while `hông` and `hổng` say không.
"""

from typing import Final


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    """Read lines of `written written … = meaning`, meaning in folded syllables."""
    table: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        written, meaning = line.split("=")
        table.update(dict.fromkeys(written.split(), tuple(meaning.split())))
    return table


# Read before the marks are taken off: here the mark itself decides.
AS_WRITTEN: Final = _table("""
hông hổng hôg hem hơm = khong
chừ giừ = bay gio
mần = lam
răng = sao
rứa = the
tui = toi
ổng = ong ay
bả = ba ay
bển = ben ay
giời = troi
giưởng = truong
nhớn = lon
giăng = trang
dìa = ve
dô vô dzô = vao
má mạ = me
tía = bo
mệ = ba
ôn = ong
lẹ = nhanh
bự = to
dơ = ban
hư = hong
heo = lon
chánh = chinh
nghẹt = tac
xiền = tien
đc = duoc
đt = dien thoai
đg = duong
đk đkí đki đký = dang ky
đv = don vi
""")

# Read on the folded token; a single letter only where it was typed without a mark.
FOLDED: Final = _table("""
k ko kg kh kgo khg hok kok khum hum = khong
dc dk0 dcj = duoc
lm lmm = lam
ntn nhtn = nhu the nao
tnao tn = the nao
s = sao
j gj = gi
z v dz zay dzay vay dzi zi = vay
vs voi vz = voi
r rui = roi
ch chx chog = chua
mk mik mjh = minh
mn = moi nguoi
ng ngta ngt = nguoi
e = em
a = anh
c = chi
ad admin = ad
bt bik bjt bit = biet
bh bgio = bao gio
bn bnhieu = bao nhieu
nhiu nhju = nhieu
h = gio
cx cug = cung
ms = moi
mun mug = muon
trc = truoc
wa qa = qua
wen = quen
fai = phai
hnay = hom nay
hqa hqua = hom qua
nc = nuoc
thik thjk = thich
dt = dien thoai
sdt = so dien thoai
onl = online
gks = giay khai sinh
ks = khai sinh
cccd = can cuoc cong dan
cmnd cmt = chung minh nhan dan
shk = so ho khau
hk = ho khau
kd = kinh doanh
hkd = ho kinh doanh
gpkd = giay phep kinh doanh
gpxd = giay phep xay dung
gcn = giay chung nhan
qsdd = quyen su dung dat
gcnqsdd = giay chung nhan quyen su dung dat
bhyt = bao hiem y te
bhxh = bao hiem xa hoi
ubnd = uy ban
hdnd = hoi dong nhan dan
tthc = thu tuc hanh chinh
ttpvhcc pvhcc = trung tam hanh chinh cong
dvc dvcqg = dich vu cong
hs = ho so
gto = giay to
xn = xac nhan
ttru = tam tru
dkkh = dang ky ket hon
dkks = dang ky khai sinh
dky dki dk = dang ky
cb cbo = can bo
ct = chu tich
pct = pho chu tich
cax = cong an
pb = phong bi
vc viec vjec = viec
ck = chong
vk = vo
dag = dang
nhg nhug = nhung
tg = thoi gian
nv = nhan vien
cty = cong ty
sanh = sinh
thui = thoi
tr = trieu
rep = tra loi
of = cua
xjn = xin
ok oke okie okela = ok
t2 = thu hai
t3 = thu ba
t4 = thu tu
t5 = thu nam
t6 = thu sau
t7 = thu bay
tks thanks thank thks = cam on
hello hi helo hey hallo alo alu = chao
""")


def _words(lines: str) -> tuple[str, ...]:
    return tuple(lines.split())


# Foreign words in everyday use that would otherwise be read as slips of Telex.
KEPT: Final = frozenset(
    _words("""
    app web visa test tax fax bus post online offline form file scan spa ship pro max vip pass
    karaoke wifi fix server error status box taxi ads pos sms us is as hot stress zalo pdf excel
    word otp qr vneid adn hiv covid sim card chip internet website facebook fb clip camera
    """)
)

# Everyday English. Words that are Vietnamese syllables as well (the, to, can, me) tell nothing.
ENGLISH: Final = frozenset(
    _words("""
    is are was were how does did your we our could would want need where what when which who why
    this these there for with without and or please help get got have has had from if its been they
    she his about us will until lost register report officer someone hello apply application
    certificate card house child baby birth money street light broken road office phone number
    staff person people data website error code talk speak delete personal permit foreigner
    passport land village head bribe corruption out request access information status
    rate
    """)
)

# What people write by ear, at the start and at the end of a syllable: (as written, as meant).
SOUNDED_STARTS: Final = (
    (r"^f", "ph"),
    (r"^w", "qu"),
    (r"^k(?=[aou])", "c"),
    (r"^c(?=[eiy])", "k"),
    (r"^(?:dz|z)", "v"),
    (r"^j", "gi"),
)
SOUNDED_ENDS: Final = ((r"k$", "ch"), (r"(?<!n)g$", "ng"))

# The folded syllable: an onset, then a rhyme from a closed list.
ONSETS: Final = (
    *("ngh(?=[ei])", "gh(?=[ei])", "k(?=[eiy])", "c(?![eiyh])"),
    *_words("ng nh kh gi ch ph th tr qu b d g h l m n p r s t v x"),
)
NUCLEI_WITH_FINAL: Final = _words("uye oa oe ua ue uo uy ie ye a e i o u y")
FINALS: Final = _words("ch ng nh c m n p t")
OPEN_RHYMES: Final = _words("""
    uya oai oay oao oeo uai uay uao ueu uoi uou uyu ieu yeu oa oe ua ue uo uy ia ie ai ao au ay eo
    eu iu oi ui uu a e i o u y
    """)
