"""Accusations of people in office that do not say tố cáo: found by phrase, and by sum.

First come phrases that hardly say anything else (`ăn chặn`, `lót tay`, an official who `đòi tiền`).
Where none stands, signs are added up: an official, money or goods, private gain, wrongdoing. A
false alarm costs a citizen one tap ("this is no denunciation"), a miss may put a denouncer's name
into a ticket: in doubt it is one.
"""

import re
from collections.abc import Iterator
from typing import Final

from messages.vietnamese import Reading


def _any(*parts: str) -> str:
    return "(?:" + "|".join(" ".join(part.split()) for part in parts) + ")"


# Patterns are matched on `Reading.line`: folded words, one blank around each.
# People who hold an office, a duty or others' money, by post rather than by name.
OFFICIAL: Final = _any(
    r"can bo",
    r"cong chuc",
    r"vien chuc",
    r"quan chuc",
    r"lanh dao",
    r"chu tich",
    r"bi thu",
    r"(?:truong|pho|to|chi hoi) (?:thon|xom|ap|lang|khu|to|truong|phong|ban|pho)",
    r"truong (?:cong an|phong|ban|tram|dai)",
    r"ong truong",
    r"cong an",
    r"ca xa",
    r"dia chinh",
    r"tu phap",
    r"ho tich",
    r"ke toan",
    r"thu quy",
    r"chi hoi",
    r"hieu (?:truong|pho)",
    r"(?:co|thay) giao",
    r"giao vien",
    r"thanh tra",
    r"kiem lam",
    r"quan ly thi truong",
    r"cong chung vien",
    r"(?:o|phong|tren|ngoai|may ong|dam|bon|nguoi cua) (?:uy ban|xa|mot cua|phong kinh te|ubnd)",
    r"(?:o|phong) (?:phong kinh te|kinh te|van hoa|mot cua)",
    r"phong kinh te",
    r"(?:nhan vien|co|anh|chi|ong|ba) (?:o |tai |ngoi )?(?:mot cua|ban so)",
    r"mot cua",
    r"ban so \d",
    r"(?:o|tai|ngoi) ban (?!\d)\S+",
    r"hoi truong",
    r"hop tac xa",
    r"xa doi",
    r"chu nhiem",
    r"(?:thon|xom|ap|xa|to) truong",
    r"dai bieu",
    r"(?:doi|tram|nhom) truong",
    r"(?:pho )?giam doc",
    r"thu ky",
    r"uy vien",
    r"canh sat",
    r"dan quan",
    r"thu y",
    r"y (?:ta|si|te)",
    r"bac si",
    r"can bo chinh sach",
    r"hoi (?:nong dan|phu nu|cuu chien binh|nguoi cao tuoi)",
    r"mat tran",
    r"doan thanh nien",
    r"ban (?:tiep nhan|quan ly|giam sat|chi huy)",
    r"chi cuc",
    r"(?:ong|ba|anh|co|chi) (?:thue|thon|xa)",
    r"quan (?:xa|lon|tham)",
)

_SUM: Final = r"(?:\d+|vai|may|mot|hai|nam|muoi|tram) ?(?:tr|trieu|cu|lit|chai|nghin|ngan|tram)"

# Words of corruption that accuse by themselves.
_CORRUPT: Final = _any(
    r"tham nhung",
    r"tham o",
    r"hoi lo(?! trinh)",
    r"bien thu",
    r"an chan",
    r"an bot",
    r"(?:bot|cat) xen",
    r"rut ruot",
    r"lot tay",
    r"dut lot",
    r"dut (?:tien|tui|phong bi)",
    r"chay (?:chuc|quyen|an(?! tung| bua| qua)|bien che)",
    r"mua (?:quan|chuoc)",
    r"ban chuc",
    r"lam tien (?:cua )?(?:dan|toi|em|nguoi|ba con)",
    r"(?:loi|lam) dung (?:chuc|quyen|vi tri)",
    r"(?:lam|long) quyen(?! so| su)",
    r"tu tui",
    r"bo tui",
    r"vo vet",
    r"nhung nhieu",
    r"ep cung",
    r"(?:ep|buc) (?:nhan toi|khai|ky)",
    r"buc cung",
    r"khai khong (?:ngay cong|tien|khoi luong|hoa don|chung tu|ho so|so luong|de rut)",
    r"voi vinh",
    r"vo[i] tien cua",
    r"boi tron",
    r"(?:tu|truc|vu) loi",
    r"xa xeo",
    r"chong lung",
    r"khuat tat",
    r"bon rut",
    r"moc tui dan",
    r"phet phay",
    r"cong nap",
    r"cay (?:quyen|the|chuc)",
    r"ngam mieng an tien",
    r"an ban",
    r"chay chot",
    r"chung chi (?:moi|cho|thi)",
    r"vao tui (?:ong|ba|anh|chi|ho|rieng|can bo)",
    r"dung (?:chuc quyen|quyen luc|chuc vu)",
    r"chay (?:\d+ ?(?:trieu|tr|cu)|mat \d+)",
    r"(?:ke|khai|lap) khong (?:danh sach|suat|ngay|ten|tien|so|khoi|hoa|chung)",
    r"lai qua",
    r"bieu xen",
    r"(?:an|nhan) (?:cua )?dut",
    r"cua dut(?: lot)?",
    r"chia chac(?! giup)",
    r"duoi gam ban",
    r"san sau",
    r"moc ngoac",
    r"quan xanh",
    r"thong thau",
    r"tieu cuc phi",
    r"lach luat de an",
    r"tham lam cua dan",
)
_NOT_ACCUSED: Final = re.compile(
    r" (?:"
    r"(?:phong|chong|phong chong|bai tru|day lui|chong) (?:\S+ )?(?:tham nhung|tham o|hoi lo)"
    r"|(?:luat|nghi dinh|tuyen truyen|hoc tap|cuoc thi) (?:\S+ ){0,4}(?:tham nhung|hoi lo)"
    r"|(?:khong|chang|cha|chua|chua tung|khong he|khong bao gio) (?:he |bao gio |tung )?"
    r"(?:nhan|doi|voi|an|lay|tham|nhung|bo|ep) (?:hoi lo|phong bi|tien|nhung|o|nhieu|tui|chan)"
    r"(?: nong gi| cua ai| cua dan)?"
    r"|(?:gia danh|mao danh|xung la|tu xung|gia mao|gia lam)(?: \S+)*"
    r")(?= )"
)

# What an official is said to have done; each needs the official before it.
_DID: Final = _any(
    r"an (?:tien|het|bo[tn]|chia|cua)",
    r"(?:doi|bat|yeu cau|goi y|bao|ep) (?:\S+ ){0,4}?(?:dua|chi|boi duong|nop rieng|phong bi)"
    rf"(?: them| rieng)? (?:\S+ )?(?:tien|phong bi|tra nuoc|{_SUM})",
    r"bao (?:\S+ ){0,2}?(?:phai )?co phong bi",
    rf"doi (?:\S+ ){{0,2}}?(?:tien|phong bi|{_SUM})(?! le phi)",
    rf"voi (?:(?:toi|em|dan|nguoi dan|ba con|them) )?(?:tien|phong bi|{_SUM})",
    r"nhan (?:tien|qua|phong bi|boi duong)(?! (?:ho tro|tro cap|luong|den bu|boi thuong|mai tang"
    r"|che do|o dau|tu thien|thuong|ho|giup|chinh sach|tra ho))",
    r"lay (?:tien|quy|dat)(?! (?:ho tro |tro cap |luong |den bu )?(?:o dau|the nao|khi nao"
    r"|bao gio))",
    r"lay (?:het|mat|bot|rieng|cua dan)",
    r"(?:rut|xai|tieu|giu|ngam|bot|cat|nuot|om|chia nhau|bot lai) (?:\S+ ){0,2}?"
    r"(?:tien|quy|rieng|mot nua|qua nua)",
    r"giu lai (?:\S+ ){0,3}?(?:mot nua|qua nua|lam quy|tien|phan)",
    r"(?:im|im di)(?: mat| tien| het)",
    r"tieu (?:rieng|xai|het)",
    r"bao (?:ke|che)",
    r"lam ngo",
    r"nham mat",
    r"bo qua cho",
    r"tiep tay",
    r"cau ket",
    r"thong dong",
    r"(?:ban|cap|chia|giao|chiem|lay|lan|lan chiem) (?:\S+ )?(?:dat cong|dat ruong cong|cong san)",
    r"(?:ban|cap|chia|giao|chiem) dat (?:\S+ ){0,3}?(?:cho|sai|trai|khong|cua dan|lam)",
    r"ban (?:cho|suat|danh sach|chi tieu)",
    r"(?:lam|ky) (?:gia|sai) (?:ho so|giay|chu ky|danh sach|hoa don|chung tu)",
    r"khai (?:gian|man|khong)(?! gi)",
    r"gian lan",
    r"lam sai (?:nhieu|luat|quy dinh)",
    r"thu (?:\S+ ){0,3}?(?:trai|sai|ngoai|qua) (?:quy dinh|phep|phap luat)",
    r"thu tien (?:\S+ ){0,3}?(?:khong (?:co )?(?:bien lai|hoa don|phieu)|bo tui|rieng)",
    r"lam (?:tien|luat)",
    r"tra thu",
    r"tru dap",
    r"(?:cho|dua|xep|nhet) (?:\S+ ){0,3}?(?:nguoi nha|ho hang|em vo|con chau|nguoi than|nguoi quen)"
    r" (?:\S+ ){0,3}?(?:vao|lam|huong|nhan|duoc)",
    r"khong qua (?:dau (?:gia|thau)|thi tuyen|xet)",
    r"khong (?:phai )?thi tuyen",
    r"(?:lap|lam|ky|dung|su dung|ke|lam) (?:\S+ ){0,3}?(?:chung tu|hoa don|ho so|chu ky|danh sach"
    r"|giay|con dau|bang cap|bang) (?:gia|khong|ma)",
    r"(?:chung tu|hoa don|bang cap|bang) (?:gia|khong)",
    r"(?:ke|khai|lap) khong (?:suat|ngay|ten|tien|so|ho|khoi|dien|cong|hoa|chung|\d)",
    r"(?:ke|ghi|dung|lay) ten (?:nguoi chet|nguoi da mat|ma|nguoi khac)",
    r"(?:dem|lay|mang|tuon) (?:\S+ ){0,5}?ban ra ngoai",
    r"(?:dung|lay|su dung|tieu|an) (?:\S+ )?(?:xe cong|tien cong|cua cong|cong quy|tien ngan sach"
    r"|tien nha nuoc|cong san)",
    r"tien chuoc",
    r"nang do (?:\S+ )?(?:con|chau|em|nguoi nha|ho hang)",
    r"(?:bo nhi|ngoai tinh|cap bo|bo bich|quay roi|sam so|ga tinh)",
    r"(?:danh bac|cho vay nang lai|co bac|su dung ma tuy)",
    r"vay (?:\S+ ){0,3}?khong (?:chiu )?tra",
    r"quyt (?:tien|no)",
    r"(?:an|bieu|nhan) (?:bieu|qua bieu|hoa hong)",
    r"(?:de|cho) (?:nguoi nha|nha minh|nha ho|con chau|em minh|vo minh) (?:\S+ ){0,2}?(?:huong|lay"
    r"|nhan|dung|trung|vao)",
    r"(?:chia|cho|phat|danh) (?:\S+ ){0,3}?(?:nguoi nha|ho hang|con chau|nguoi quen|em vo)",
    r"ep (?:dan|ba con|nguoi dan) (?:giao|ban|nop|ky|dong)",
    r"an (?:mat|sach|day)",
    r"dut tui",
    r"(?:ngam|om|dim|giam) (?:ho so|giay to|don)(?: \S+){0,8}? (?:bieu|dua tien|phong bi|tien)",
)
_BEAT: Final = (
    r"(?:danh(?: dap)?|hanh hung|tra tan|nhot|bat (?:oan|nham|giam)|de doa|vut|tat|dam|da"
    r"|dung hinh)"
    r" (?:roi danh )?(?:dan|nguoi|toi|em|con|chau|oan|nham|trai)"
)
_KIN: Final = _any(
    r"con(?: (?:trai|gai|re|dau))?", r"em(?: (?:trai|gai|vo|re))?", r"chau", r"vo", r"chong", r"anh"
)
_PRIVILEGE: Final = _any(
    r"(?:duoc|trung|lay|nhan|huong)(?: \S+){0,2}? (?:dau gia|dau thau|het|suat|dat cong|ho ngheo"
    r"|tro cap)",
    r"(?:duoc )?(?:vao lam|vao bien che|lam can bo|nhan vao|bo nhiem|len chuc|cap dat|trung thau)",
    r"(?:thau|om|linh) (?:het|tron|tat)",
    r"rut tien",
)
_RELATIVES: Final = _any(
    r"nguoi nha", r"ho hang", r"em vo", r"anh em", r"con chau", r"nguoi than", r"nguoi quen"
)
_ADVANTAGE: Final = _any(
    r"danh sach",
    r"ho ngheo",
    r"cap dat",
    r"duoc nhan",
    r"vao lam",
    r"bien che",
    r"trung thau",
)
# Money asked before anything moves; whoever asks, it is a bribe.
_PRICE: Final = rf"(?:tien|phong bi|tra nuoc|{_SUM})"
_EXTORTION: Final = _any(
    rf"(?:dua|co|kep|chi|dut|lot|boi duong|bieu|cung|them) (?:\S+ )?{_PRICE}(?: \S+){{0,3}}? "
    r"(?:thi |la |hom sau )?(?:moi |xong )(?:lam|ky|nhan|xong|giai quyet|cho|chiu|duoc|nhanh|ngay)",
    rf"(?:kep|dut|lot) (?:\S+ ){{0,3}}?{_PRICE}",
    r"(?:khong|hong|chua) (?:co|dua|chi) (?:\S+ )?(?:phong bi|boi duong|tra nuoc|tien rieng)"
    r"(?: \S+){0,3}? (?:khong|ngam|hanh|chua|cha|lau)",
    r"khong dua (?:tien )?(?:thi|la) (?:\S+ )?(?:ngam|hanh|khong|om)",
    rf"phai (?:\S+ ){{0,2}}?(?:dua|dut|bieu|cung|lot|chi|chung|boi duong)(?: them)? {_PRICE}"
    rf"(?: \S+){{0,3}}? (?:{OFFICIAL}|moi)",
    r"(?:them|dua|co) tien tra nuoc",
)
_WITHHELD: Final = re.compile(
    rf" (?:ho tro|tu thien|ung ho|cuu tro|den bu|boi thuong|tro cap|quy|tien)(?: \S+){{0,14}}? "
    rf"{OFFICIAL}(?: \S+){{0,6}}? (?:giu lai|im|an|chi phat|chi dua|phat thieu|phat co|bot|lay mat)"
    r"(?= )"
)
_HINTS: Final = (
    re.compile(rf" {_CORRUPT}(?= )"),
    re.compile(rf" {_EXTORTION}(?= )"),
    re.compile(
        r" (?:xin|cho|moi|can|dua|gui) (?:\S+ )?(?:it|chut|vai dong) (?:tien )?(?:ca phe|cafe|che"
        r"|nuoc|tra nuoc|qua)(?: \S+){0,8}? (?:nhanh|xong|som|lam|ky)(?= )"
    ),
)
_HINTS_ABOUT_OFFICIALS: Final = (
    re.compile(rf" {OFFICIAL}(?: (?!nao )\S+){{0,7}}? {_DID}(?= )"),
    re.compile(rf" {OFFICIAL}(?: (?!oi |nao )\S+){{0,3}}? {_BEAT}(?= )"),
    re.compile(rf" {OFFICIAL}(?: \S+){{0,4}}? biet dieu(?= )"),
    re.compile(
        rf" {OFFICIAL}(?: \S+){{0,4}}? (?:tang|bieu|cho|mua|dua) (?:ong|ba|anh|chi)(?: ay| ta)?"
        r"(?: \S+){1,4}? thi (?:\S+ ){0,2}?(?:lam|ky|xong|nhanh|duyet|cho)(?= )"
    ),
    re.compile(rf" dua {_PRICE} cho (?:\S+ )?{OFFICIAL}(?= )"),
    re.compile(
        rf" {_ADVANTAGE}(?: \S+){{0,8}}? (?:toan|deu la|het la|chi co)(?: \S+){{0,2}}? {_RELATIVES}"
        rf"(?: \S+){{0,2}}? {OFFICIAL}(?= )"
    ),
    re.compile(
        rf" (?:con|em|chau|vo|chong)(?: \S+)? {OFFICIAL}(?: \S+){{0,14}}? chay(?: het|mat| bao)"
    ),
    _WITHHELD,
    re.compile(
        rf" (?:{_KIN}|{_RELATIVES})(?: (?:cua|nha))?(?: (?:ong|ba|anh|chi|co))? {OFFICIAL}"
        rf"(?: \S+){{0,8}}? {_PRIVILEGE}(?= )"
    ),
    re.compile(
        rf" {OFFICIAL}(?: \S+){{0,4}}? thu (?:\S+ ){{0,6}}?(?:tien|{_SUM})(?: \S+){{0,8}}? "
        r"(?:(?:ma |roi |nhung )?(?:khong|chang|cha|chua) (?:thay|lam|ro|cong khai|biet|co)"
        r"(?: \S+){0,3}? (?:dau|gi|di dau|lam gi|nao)|bien mat|mat hut)(?= )"
    ),
    re.compile(rf" (?:boc phot|vach mat|vach tran)(?: \S+){{0,3}}? {OFFICIAL}"),
)

_ACCUSED_IN_ENGLISH: Final = re.compile(
    r" (?:denounc\w*|whistleblow\w*|brib\w*|embezzl\w*|corrupt\w*|kickbacks?|extort\w*"
    r"|abus\w+ (?:of |his |her |their )?(?:power|office|position)|misus\w+ (?:of )?public"
    r"|i accuse|without (?:a |any )?receipt|under the table|embezzl\w*|fake documents"
    r"|forged documents"
    r"|(?:they|he|she) (?:demand\w*|asked for|wants?|took) (?:\S+ )?money"
    r"|(?:officers?|officials?|chairman|head|accountant|police(?:man)?|secretary|staff|cadres?)"
    r"(?: \S+){0,8}? (?:stole|steals?|stealing|stolen|forged|took money|takes money"
    r"|asked? (?:\S+ )?"
    r"for money|kept(?: \S+){0,4}? (?:money|fund\w*|relief)|until i paid|unless i pa\w+"
    r"|pocket\w*|(?:told|asked|wanted|forced) (?:me|us) to (?:pay|give)(?: \S+)?(?: extra| money"
    r"| \d+k?)|(?:made|makes|using|used) fake|beat\w*|hit me|sold (?:public|our|village|commune)"
    r"|(?:hired?|favou?rs?|gave(?: \S+){0,4}? to) (?:his|her|their) (?:\S+ )?(?:wife|husband|son"
    r"|daughter|cousin|brother|relatives?|family)|demand\w* (?:\S+ )?money"
    r"|wants? (?:\S+ )?money))(?= )"
)
_HARMLESS_IN_ENGLISH: Final = re.compile(
    r" (?:anti corruption|honest|no bribes?|never (?:took|asked)|law on|thanks?|returned)(?= )"
)

# Signs that add up. Each table counts once for each different place, up to its limit.
_SOMEONE: Final = re.compile(
    r" (?:xa nay|chinh quyen|uy ban|phu trach|nguoi cua xa|ong ay|ho)(?= )"
)
_OFFICIAL: Final = re.compile(rf" {OFFICIAL}(?= )")
_GOODS: Final = re.compile(
    rf" (?:tien|quy|kinh phi|ngan sach|gao|dat|\d+ ?m2|so tiet kiem|may (?:cay|moc|tinh|gat)"
    rf"|xi mang"
    rf"|ho tro|tro cap|cuu tro|cuu doi|tu thien|qua|che do|suat|{_SUM}|cong quy|cat|vat tu|tai san"
    r"|so ho ngheo|ho ngheo|hop dong|thau|phan tram|hoa hong|xang xe|bai song|nha van hoa)(?= )"
)
_GAIN: Final = re.compile(
    r" (?:rieng|ca nhan|ve nha|cho (?:em|chau|vo|con|chong|anh|nguoi nha|nguoi quen|ban than"
    r"|ho hang)"
    r"|ho hang|nguoi nha|nguoi than|cho minh|cua minh|mua (?:xe|dat|nha)|xay (?:nha|biet thu)"
    r"|chia nhau"
    r"|an chia|thu loi|truc loi|huong loi|lam giau|giau len|de lay|nha ong (?:ay|ta)|nha no|lay cua"
    r"|lay het|lay (?:\d+|tien|dat))(?= )"
)
_WRONG: Final = re.compile(
    r" (?:trai (?:phep|quy dinh|luat|phap luat)|sai (?:doi tuong|su that|quy dinh|phep"
    r"|nguyen tac|muc dich)"
    r"|bung bit|em nhem|giau (?:diem|nhem|giem)|bot|bop|gap doi|gap ba|khong tra|khong chiu tra"
    r"|khong (?:he )?(?:giai thich|cong khai|minh bach|thong qua|hoa don|bien lai|hop dan|hop thon)"
    r"|khong ai (?:phat|dam|lam gi)|goi y|biet dieu|(?:bat|ep) (?:dan|phu huynh|nguoi|nop|dong"
    r"|ky|toi|em)"
    r"|sua (?:so|ho so|giay|danh sach)|(?:mua|ban) (?:chuc|ghe|suat|diem)|lam ro|bang chung"
    r"|co bang chung"
    r"|dau ten|nac danh|kha gia ma|giau (?:co )?ma|nha giau|ma van (?:co|duoc|nhan|nam)"
    r"|xac nhan khong"
    r"|nhan (?:\d+ trieu|phong bi|tien cua)|thieu (?:ca|hut|mat|gan|den)|that thoat"
    r"|dua (?:\d+ (?:trieu"
    r"|tr|nghin|cu)"
    r"|tien)|(?:duoc|cho) tien hang|cau ket|bao che|du doa|doa|tru|tra dua|loi dung|lam dung"
    r"|gian doi"
    r"|gia mao|man khai|khai (?:man|gian|gap)|chiem|cuop|nuot|om tron|thao tung|thien vi"
    r"|khong tuong"
    r"|phi phap|pham phap|pham luat|vi pham|tham|luon lach|uong ruou lai xe|dam nguoi"
    r"|danh (?:nguoi|dan|em"
    r"|con|toi|anh)|quen biet|than quen|o du|qua cap|doi qua|tang qua|dung ten|dung ra|uc hiep"
    r"|hong hach|lem nhem"
    r"|lap liem|sach nhieu|hach sach|kho khan de|co tinh|can thiep de|tu y|giu lai|bien mat"
    r"|roi khong|mat hut|dung rieng|tui rieng|cua rieng|dem ve nha|mo am"
    r"|khong ro rang)(?= )"
)
# Wrongs that nobody says of an official in passing: one is enough.
_GRAVE: Final = re.compile(
    r" (?:gian (?:doi|lan)|gia mao|man khai|khai (?:man|gian|gap)|chiem (?:doat|dung|dat|lay"
    r"|huong|cua)"
    r"|cau ket|bao che|(?:loi|lam) dung|phi phap|mua (?:chuc|ghe)|ban (?:chuc|ghe)|em nhem|bung bit"
    r"|that thoat|thao tung|sua so|nuot|om tron|lua (?:dao|dan|tien|toi|em)|an chenh lech"
    r"|chenh lech"
    r"|giam (?:em|toi|con|chau|nguoi|mot|ca|long)|giu nguoi|(?:bat|ep) (?:\S+ ){1,3}?(?:mua"
    r"|ban dat|ky)"
    r"|khong (?:hoa don|bien lai|phieu thu)|gay (?:rang|tay|chan|mui)|dam o|quay roi|co dat)(?= )"
)
_TAKES: Final = re.compile(
    rf" {OFFICIAL}(?: (?!nao |gi )\S+){{0,3}}? (?:cam|em|om|giu|mac ca|ban|bot|nuot|ngam|xin|vay"
    rf"|rut"
    r"|tieu|xai|chiem|cat|xen|dau|giau|im|chia|go|moi|vet|quyt|cuom|huong|kiem|an|thoi|mo moi|lam)"
    r"(?: \S+){0,2}? (?:tien|quy|kinh phi|so tiet kiem|suat|gao|tai san|thong tin cua|ho tro)(?= )"
)
_PLAIN_QUESTION: Final = re.compile(
    r" (?:thu tuc|can (?:giay to )?gi|can giay|thu may|may gio|khi nao|bao gio|la ai|ten (?:la )?gi"
    r"|so dien thoai|o dau(?! ra)|bao nhieu (?:mot|tien|ngay|lau)|phat bao nhieu"
    r"|nop (?:tien )?o dau"
    r"|lam (?:gi|sao|the nao)|xac nhan (?:don|ho so|cu tru)|huong dan|mau don"
    r"|co duoc (?:\S+ )?khong"
    r"|duoc khong|duoc chua|(?:gap|hoi) (?:\S+ ){0,3}?(?:nao|ai)|xin hoi|co nhan"
    r"|o (?:cho )?nao)(?= )"
)
_WELL_MEANT: Final = re.compile(
    r" (?:cam on|khen|nhiet tinh|tan tinh|chu dao|dung chung|gioi qua|tot bung|liem khiet|hay|tot"
    r"|vui|giup (?:chi em|ba con|dan|do))(?= )"
)
_ENOUGH: Final = 2.0
_WRONG_WEIGHS: Final = 1.5
_MOST_WRONGS: Final = 2
_PASSAGE: Final = 48


def accuses(reading: Reading) -> bool:
    """Tell whether the text accuses someone in office without saying so."""
    line = reading.line
    if _ACCUSED_IN_ENGLISH.search(line):
        return not _HARMLESS_IN_ENGLISH.search(line)
    line = _NOT_ACCUSED.sub(" ", line)
    if any(hint.search(line) for hint in _HINTS):
        return True
    if _OFFICIAL.search(line) and any(hint.search(line) for hint in _HINTS_ABOUT_OFFICIALS):
        return True
    return any(_adds_up(passage) for passage in _passages(line))


def _passages(line: str) -> Iterator[str]:
    """Cut a long text into overlapping passages: signs far apart belong to different matters."""
    words = line.split()
    for start in range(0, max(1, len(words) - _PASSAGE // 2), _PASSAGE // 2):
        yield f" {' '.join(words[start : start + _PASSAGE])} "


def _adds_up(line: str) -> bool:
    wrongs = min(len(_WRONG.findall(line)), _MOST_WRONGS)
    official = bool(_OFFICIAL.search(line))
    if not (official or (wrongs and _SOMEONE.search(line))):
        return False
    signs = _ENOUGH * bool(official and _GRAVE.search(line)) + _ENOUGH * bool(_TAKES.search(line))
    signs += _WRONG_WEIGHS * wrongs + bool(_GOODS.search(line)) + bool(_GAIN.search(line))
    if not official:
        signs -= 1
    for harmless in (_PLAIN_QUESTION, _WELL_MEANT):
        if harmless.search(line):
            signs -= 2
    return signs >= _ENOUGH
