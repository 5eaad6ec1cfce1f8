"""How people say what they want, as patterns with weights, for `understanding`.

Patterns are matched on folded words with one blank around each (`messages.vietnamese.Reading`).
Weights add up per intent; `ENOUGH` of them settles it. What a word weighs was set on the
development questions under `tests/understanding/`, never on the held-out ones.
"""

import re
from typing import Final

from handlers.intents import Intent

ENOUGH: Final = 3.0


def _p(weight: float, *alternatives: str) -> tuple[float, re.Pattern[str]]:
    joined = "|".join(alternatives)
    return weight, re.compile(rf" (?:{joined})(?= )")


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


_ASK_STATE: Final = (
    r"(?:den dau|xong chua|xong roi chua|duoc chua|co chua|ra chua|chua xong|co ket qua chua"
    r"|ket qua chua|giai quyet chua|giai quyet den dau|da xong|da duoc|tinh trang|trang thai"
    r"|khi nao (?:lay|co|xong|tra)|bao gio (?:lay|co|xong|tra)|xong (?:\S+ ){0,3}?chua"
    r"|co (?:\S+ ){0,3}?chua|duoc (?:\S+ ){0,2}?chua|chua (?:ad|em|a|anh|chi|ha|vay"
    r"|the)?(?: \S+)?$)"
)
_OWN_PAPERS: Final = (
    r"(?:ho so|giay hen|bien nhan|don cua|giay to (?:cua|toi|em|nop)|so do cua|nop giay|ho so cua)"
)

INTENTS: Final[dict[Intent, tuple[tuple[float, re.Pattern[str]], ...]]] = {
    Intent.SURVEY_RESPONSE: (
        _p(3, r"(?:cham|cho|danh gia|vote|rate)(?: \S+){0,3}? [1-5] (?:diem|sao|tren|5)"),
        _p(3, r"[1-5] (?:diem|sao)(?: nhe| nha| a| luon| cho| vi| \S+ng \S+)?", r"cho 5 luon"),
        _p(3, r"[1-5] (?:tren )?5(?: vi| diem| sao)?", r"[1-5] out of 5", r"[1-5] stars?"),
        _p(2, r"(?:cham diem|danh gia|khao sat|phieu danh gia)"),
        _p(1, r"(?:hai long|nhiet tinh|lam nhanh|cho lau|thai do)"),
    ),
    Intent.HUMAN_HANDOVER: (
        _p(
            3, r"gap (?:\S+ )?(?:nguoi that|nguoi truc|nhan vien|tong dai|tu van vien|nguoi ho tro)"
        ),
        _p(
            3,
            r"(?:gap|noi chuyen|chat|trao doi|noi) (?:truc tiep )?(?:voi )?(?:\S+ )?(?:nguoi"
            r"|can bo)"
            r"(?! (?:dia chinh|tu phap|ho tich|chinh sach|nao))",
        ),
        _p(3, r"noi may", r"chuyen (?:\S+ )?(?:may|cho nguoi|cho can bo|nguoi that)"),
        _p(
            3,
            r"nguoi that",
            r"goi (?:dien |lai )(?:thoai )?cho (?:toi|chung toi)",
            r"toi (?:gia roi )?khong biet (?:chu|doc|viet|nhan tin)",
            r"(?:real|human) (?:person|agent|being)",
            r"(?:talk|speak|chat) (?:to|with)"
            r" (?:a |an |someone|the )?(?:\S+ )?(?:person|human|officer|staff|someone|agent)?",
        ),
        _p(
            2,
            r"bot (?:\S+ ){0,2}?(?:khong hieu|ngu|do|kem|chan|dot)",
            r"khong (?:muon )?"
            r"(?:noi|chat|noi chuyen) (?:voi )?(?:may|bot)",
        ),
        _p(1, r"khong hieu", r"khong hiu"),
    ),
    Intent.DATA_SUBJECT_REQUEST: (
        _p(
            3,
            r"(?:xoa|huy|go|bo|sua|dung|ngung|ngung xu ly|xem|tai) (?:\S+ ){0,3}?(?:du lieu"
            r"|thong tin ca nhan|thong tin (?:cua )?(?:toi|em|minh|con|chau|bac)|lich su chat)",
        ),
        _p(3, r"xoa (?:\S+ ){0,3}?(?:so dien thoai|thong tin|tai khoan)"),
        _p(
            3, r"rut lai (?:\S+ )?(?:dong y|su dong y)", r"khong dong y (?:\S+ ){0,2}?(?:luu|xu ly)"
        ),
        _p(
            3,
            r"(?:luu|giu|thu thap|biet) (?:\S+ ){0,3}?(?:thong tin|du lieu)(?: ca nhan)? (?:gi"
            r"|nao|cua)",
        ),
        _p(2, r"(?:du lieu|thong tin) ca nhan"),
        _p(
            3,
            r"(?:delete|erase|remove|see|download|access) (?:\S+ ){0,2}?(?:data|information)"
            r"(?! about| on)",
            r"withdraw my consent",
        ),
    ),
    Intent.TECHNICAL_ERROR: (
        _p(
            2,
            r"(?:bao|bi|gap) loi",
            r"loi (?:hoai|suot|mang|he thong|dang nhap|gi|\d+)",
            r"trang trang"
            r"(?: tinh)?",
            r"bi (?:treo|do|sap|lag|dung hinh)",
            r"load mai",
            r"quay mai",
        ),
        _p(
            2,
            r"khong (?:\S+ )?(?:vao|dang nhap|nhan|mo|tai|gui|nop|bam|hien|load"
            r"|truy cap)(?: \S+){0,2}?"
            r" (?:duoc|len|ma|otp)",
            r"khong (?:dang nhap|nhan duoc|mo duoc|vao duoc|truy cap)",
            r"mai khong duoc",
            r"(?:mo|vao|load|bam|nhan) (?:mai )?khong (?:duoc|len|ra|an)",
        ),
        _p(
            1.5,
            r"(?:app|ung dung|web|website|trang web|cong dich vu cong|he thong|vneid|otp|link"
            r"|online"
            r"|phan mem|qr|ma qr|dang nhap|tai khoan|zalo)",
        ),
        _p(3, r"(?:error|not working|cannot log in|can not log in|crash\w*|bug)"),
    ),
    Intent.QR_GUIDANCE: (
        _p(3, r"(?:ma qr|qr|quet ma|quet cai ma|ma vach|quet (?:\S+ )?ma)"),
        _p(1, r"(?:huong dan|xem|quet|cach|kieu)"),
    ),
    Intent.FRIDAY_NO_APPOINTMENT: (
        _p(
            3,
            r"(?:thu sau|thu 6|friday)(?: \S+){0,9}? (?:khong hen|khong can hen|khong phai hen"
            r"|lay ngay"
            r"|lam ngay|tra ngay|lay lien)",
            r"khong hen (?:\S+ ){0,4}?(?:thu sau|thu 6)",
            r"(?:no|without) (?:an )?appointment(?:s)?(?: \S+){0,4}? friday",
            r"friday(?: \S+){0,5}? (?:no|without) (?:an )?appointment(?:s)?",
            r"ngay khong hen",
            r"(?:thu sau|thu 6)(?: \S+){0,4}? (?:dat lich|dat hen|hen truoc)",
            r"thu (?:sau|6) khong hen",
        ),
    ),
    Intent.RECEPTION_SCHEDULE: (
        _p(
            3,
            r"lich tiep",
            r"tiep (?:cong )?dan (?:\S+ ){0,4}?(?:ngay|hom|thu|luc|khi|bao gio|may gio|gio)"
            r"",
            r"(?:ngay|hom|thu may|luc|khi nao|bao gio|may gio)(?: \S+){0,5}? tiep (?:cong )?dan"
            r"",
            r"noi quy tiep",
            r"lich (?:lam viec|cong tac|truc)",
        ),
        _p(
            3,
            r"(?:may gio|gio nao)(?: \S+){0,5}? (?:lam viec|mo cua|nghi|dong cua|het gio|bat dau"
            r"|lam)",
            r"(?:lam viec|mo cua) (?:\S+ ){0,3}?(?:may gio|gio nao|thu may|luc nao|den may)",
            r"gio (?:lam viec|hanh chinh|mo cua)",
            r"(?:thu (?:bay|hai|ba|tu|nam|sau|7|6|2|3)|chu nhat"
            r"|ngay (?:le|nghi)|buoi trua|chieu|sang)(?: \S+){0,4}? (?:co )?(?:lam viec|mo cua|nghi"
            r"|tiep dan)(?: khong| chu| a)?",
            r"(?:thu (?:bay|7)|chu nhat|ngay le)(?: \S+){0,3}? lam (?:khong|ko|chu)",
        ),
        _p(2, r"(?:gap|hen gap|xin gap) (?:\S+ ){0,2}?(?:chu tich|bi thu|lanh dao)"),
        _p(1, r"(?:ngay nao|hom nao|thu may|khi nao|bao gio|luc nao)"),
        _p(
            3,
            r"(?:when|what time|schedule)(?: \S+){0,5}? (?:receive\w*|reception|meet|open\w*"
            r"|clos\w*)",
            r"(?:opening|working|office) hours",
        ),
    ),
    Intent.HOTLINE: (
        _p(
            3,
            r"(?:so dien thoai|so may|sdt)(?! cua (?:toi|em|minh|con|chau|bac)(?: |$))",
            r"duong day nong",
            r"hotline",
            r"goi (?:dien )?(?:\S+ ){0,4}?so (?:nao|may)",
            r"(?:lien he|lien lac)(?: \S+){0,6}? (?:so|so nao|bang so|the nao|dau)",
            r"so nao (?:de )?(?:goi|lien he)",
            r"(?:phone|telephone|contact) number",
            r"(?:call|contact) (?:the )?(?:commune|office|police|chairman)",
            r"(?:chu tich|bi thu|lanh dao|truong thon)(?: \S+){0,4}? (?:la ai|ten (?:la )?gi)",
            r"ai (?:la|lam|dang lam) (?:pho )?(?:chu tich|bi thu|lanh dao|truong thon)",
        ),
        _p(
            2,
            r"(?:lien he|lien lac|goi dien) (?:voi |cho )?(?:\S+ )?(?:xa|uy ban|cong an"
            r"|tram y te|ai)",
        ),
    ),
    Intent.OVERDUE: (
        _p(
            2,
            r"(?:qua han|tre hen|qua hen|sai hen|lo hen|qua ngay hen|qua ngay tra|tre han tra)",
            r"(?:tre|qua) (?:han |hen )?(?:\d+|may|ca|mot|hai|ba) (?:ngay|tuan|thang)",
            r"overdue",
        ),
        _p(
            2,
            r"(?:giay hen|hen tra|ngay hen|hen (?:toi |em |bac )?(?:ngay|hom|tuan|thang|thu|lay"
            r"|tra)"
            r"|phieu hen)",
            r"appointment date",
        ),
        _p(1.5, r"ho so", r"tra ket qua", r"so do", r"giay to"),
        _p(
            1.5,
            r"(?:van|ma|gio|nay|van con)(?: \S+){0,2}? chua",
            r"chua (?:\S+ )?(?:tra|co|xong|lay|thay)",
            r"(?:lan nao|hoi) (?:\S+ ){0,4}?(?:doi|cho)",
            r"cham (?:the|qua|tre|vay|lam)",
            r"has passed",
            r"(?:moi|mai) (?:van )?khong (?:thay|co)",
        ),
    ),
    Intent.DOSSIER_STATUS: (
        _p(3, r"tra cuu (?:\S+ )?(?:ho so|ket qua|tinh trang)", r"tinh trang ho so", r"ma ho so"),
        _p(1.5, _OWN_PAPERS, r"(?:nop|gui|lam) (?:\S+ ){0,4}?(?:hom|tuan|thang|bua|hoi|tu)"),
        _p(1.5, _ASK_STATE),
        _p(1, r"(?:cua (?:toi|em|minh|con|chau|bac|tui|nha)|toi nop|em nop|tui nop|bac nop)"),
        _p(
            3,
            r"(?:status|progress) of (?:my|the) (?:\S+ )?(?:application|dossier|file|case|papers)",
            r"track (?:my|the)",
            r"is my (?:\S+ )?(?:application|dossier|file) (?:ready|done)",
            r"ho so(?: \S+){0,4} (?:toi|den) dau roi",
        ),
    ),
    Intent.HOME_SERVICE: (
        _p(
            2,
            r"(?:den|vao|ve|toi|ra|xuong) (?:tan |tai )?(?:nha|tan noi|giuong)(?! (?:van hoa"
            r"|chong|vo))",
            r"tai (?:nha|gia)",
            r"tan (?:nha|noi)",
            r"(?:come|visit)(?: \S+){0,3}? home",
        ),
        _p(
            2,
            r"(?:khong|chang|kho|het) (?:\S+ )?(?:di lai|di duoc|ra xa|den xa|len xa|di noi)"
            r"(?: duoc)?",
            r"(?:nam liet|liet giuong|liet|gia yeu|om nang|benh nang|tan tat|neo don"
            r"|khuyet tat|thuong binh|chan dau|dau yeu|tai bien|om dau|di lai kho)",
            r"(?:disabled|elderly|bedridden)",
        ),
        _p(
            1.5,
            r"(?:can bo|xa|ai|nguoi)(?: \S+){0,4}? (?:den|vao|toi|ve) ",
            r"tra ket qua",
            r"giup",
            r"lam (?:thu tuc|giay|ho)",
            r"staff",
        ),
    ),
    Intent.INITIATIVE: (
        _p(3, r"sang kien", r"sang che", r"initiative", r"mo hinh (?:sang tao|moi|hay)"),
        _p(2, r"y tuong (?:hay|moi)?", r"cai tien", r"(?:tu )?che (?:ra|tao)", r"phat minh"),
        _p(1, r"(?:cong nhan|dang ky|gui|xet)"),
    ),
    Intent.INFORMATION_REQUEST: (
        _p(
            2,
            r"(?:yeu cau|xin|de nghi|muon|can|duoc|cho)(?: \S+){0,3}? (?:cung cap|xem|tiep can"
            r"|sao chup|"
            r"biet|cong khai)",
            r"cung cap (?:cho \S+ )?(?:thong tin|tai lieu|van ban)",
            r"xin (?:ban|file)",
            r"(?:access to|copy of|request)(?: \S+){0,6}? (?:information|document\w*|budget"
            r"|report\w*)",
        ),
        _p(
            2,
            r"(?:ngan sach|thu chi|du toan|quyet toan|nghi quyet|ke hoach|bao cao|quy che|"
            r"danh sach (?:ho|nguoi|cac)|dau tu cong|tai lieu|van ban|ban do|quy hoach|thong tin ve"
            r"|quyet dinh so|bien ban hop|budget)",
        ),
        _p(1, r"(?:cua xa|cua uy ban|hoi dong nhan dan|uy ban)"),
    ),
    Intent.PETITION: (
        _p(
            3,
            r"(?:toi |xin |dan |ba con )?kien nghi(?! bao lau)",
            r"de xuat",
            r"i (?:suggest|propose)",
            r"suggest(?:ion)?",
            r"should (?:build|install|open|add)",
        ),
        _p(
            2,
            r"(?:de nghi|mong|nen|yeu cau)(?: \S+){0,4}? (?:lap|xay|mo|trong|bo tri|keo dai|mo rong"
            r"|nang cap|tang cuong|giam|cho phep|sua doi|thay doi|bo sung|to chuc)",
        ),
        _p(
            1.5,
            r"de nghi",
            r"mong (?:\S+ ){0,3}?(?:xa|uy ban|lanh dao|cac|xem xet|cho)",
            r"mong muon",
            r"ao uoc",
            r"gia ma",
            r"(?:nen|can) (?:\S+ )?(?:co|lap|mo|xay|lam|cho|bo|giam|tang)",
        ),
        _p(
            2,
            r"(?:xay|lap|mo|lam|trong|bo tri|tang|keo|dat|them|tang cuong) (?:them|nha|gom|den"
            r"|duong"
            r"|lop|truong|cho|cay|camera|thung|san|cong|bien|diem|dat)",
            r"giam (?:bot|muc|phi)",
            r"bo bot",
            r"xem xet (?:giam|tang|cho|bo|lai|xay|lap)",
            r"cho (?:lam|phep|nguoi|ba con)",
            r"to chuc them",
            r"mo them",
        ),
    ),
    Intent.PRAISE: (
        _p(
            3,
            r"(?:gui )?loi (?:khen|cam on)",
            r"dang khen",
            r"khen (?:\S+ )?(?:can bo|cac|anh|chi|xa|doi)",
            r"rat hai long",
            r"tuyet voi",
            r"(?:kind|helpful|friendly|great|excellent)(?: \S+)*",
        ),
        _p(2, r"cam on", r"thank\w*", r"biet on", r"hai long"),
        _p(
            2,
            r"(?:nhiet tinh|tan tinh|chu dao|de thuong|vui ve|niem no|gan dan|liem khiet|tot bung"
            r"|co tam|tu te|lam duoc viec|nhanh gon|tan tam|than thien|de men|lich su|lam nhanh"
            r"|rep nhanh"
            r"|tra loi nhanh|bac vui|vui qua|phuc vu tot|lam tot)",
        ),
        _p(1, r"(?:can bo|cac (?:co|chau|anh|chi)|don tiep|xa|ad)"),
    ),
    Intent.FEEDBACK: (
        _p(3, r"(?:muon |xin |can |toi |em )?(?:phan anh|gop y)(?! (?:kien nghi )?o dau)"),
        _p(1.5, r"(?:muon |xin )?(?:bao|bao cao) (?:xa|ad|cac|uy ban|la|voi|len|cho)"),
        _p(
            1,
            r"(?:nho|bao|moi|mong|de nghi|yeu cau)(?: \S+){0,5}? (?:xem|xu ly|kiem tra|xuong|ve"
            r"|sua|don"
            r"|giai quyet|nhac nho|khac phuc)",
            r"xem ho",
            r"xem giup",
            r"xu ly",
            r"can thiep",
        ),
        _p(
            1,
            r"(?:\d+|may|ca|hon|bao nhieu|nua) (?:hom|ngay|tuan|thang|nam|dem)(?: nay)?(?: roi)?",
            r"(?:suot|lien tuc|thuong xuyen|hay|lai) ",
            r"tu (?:sang|qua|hom|tuan|tet|dau)",
            r"chua (?:\S+ )?(?:ai|thay|duoc) ",
            r"khong (?:thay )?ai (?:\S+ )?(?:don|sua|xu ly|quan ly)",
            r"khong (?:chiu noi|the chiu|ngu duoc)",
            r"for (?:a|two|three|many) (?:week|day|month)s?",
        ),
    ),
}

OUT_OF_SCOPE: Final = re.compile(
    r" (?:(?:thu tuc|don phuong|muon|xin|lam|nop don|giai quyet"
    r"|toi) (?:\S+ ){0,2}?ly hon(?! (?:xong|roi))"
    r"|ly hon (?:thuan tinh|don phuong)|ly than|ly di|divorce|ho chieu|passport|visa(?: \S+)?"
    r"|bang lai|giay phep lai xe|driving licen[cs]e|ly lich tu phap|gia (?:vang|xang|lua|heo"
    r"|dien thoai|dat"
    r"|usd|do la)|xo so|ket qua so|soi cau|thoi tiet|nhiet do|du bao|weather|bong da|ti so"
    r"|lich thi dau"
    r"|cong ty (?:tnhh|co phan|trach nhiem)|thanh lap (?:cong ty|doanh nghiep)|doanh nghiep|company"
    r"|bao hiem (?:xa hoi )?(?:mot lan|that nghiep|thai san)|rut bao hiem|that nghiep|thai san"
    r"|thue thu nhap|hoan thue|chung khoan|bitcoin|tien ao|diem thi|thi dai hoc|diem chuan"
    r"|xem boi|tu vi"
    r"|nau (?:an|mon|pho|bun)|cong thuc nau|lam (?:tho|van|toan)|ke chuyen|hat (?:cho|bai)"
    r"|nguoi yeu"
    r"|ve (?:may bay|tau|xe)|dat phong|khach san|mua (?:dien thoai|xe|laptop)|tim viec|tuyen dung"
    r"|dat lich kham|kham benh o|football|gold price|lottery)(?= )"
)
NOT_OUT_OF_SCOPE: Final = re.compile(
    r" (?:doc than|tinh trang hon nhan|tach (?:ho|khau|so)|khai sinh)(?= )"
)

GREETINGS: Final = _words(
    """
    chao xin hello hi ad anh chi em co bac chu ong ba ban oi a ah alo hey xc shop page bot xa minh
    ca nha moi nguoi buoi sang chieu toi good morning afternoon evening dear kinh thua da vang
    co ai khong day o nghe may cho hoi chut voi nhe nha cai em toi la con chau can tu van giup do
    lan dau moi dung this there hom nay duoc ad ta day
    """
)
GREETS: Final = re.compile(r" (?:chao|hello|hi|hey|good (?:morning|afternoon|evening)|co ai)(?= )")

# Who asks whether somebody is there at all is greeted, and told what we are.
WHO: Final = re.compile(
    r" (?:(?:ban|em|day|bot|may|tro ly)(?: nay)? (?:la|co phai la) (?:ai|may|robot|bot|nguoi that)"
    r"|may hay (?:la )?nguoi|nguoi hay (?:la )?may|(?:who|what) are you)(?= )"
)
WHO_AT_MOST: Final = 8
"""Words: a longer text tells of something."""

# Words with which people ask for a procedure rather than tell of a trouble.
WANTS: Final = re.compile(
    r" (?:thu tuc|can (?:giay to )?(?:gi|nhung)|can giay|giay to gi|ho so gom|dang ky"
    r"|xin (?:giay|phep|cap)"
    r"|lam (?:giay|the|so|thu tuc|lai|sao|the nao)|the nao|nhu the nao|ra sao|lam sao"
    r"|bao nhieu tien"
    r"|mat bao|het bao nhieu|bao lau|may ngay|co duoc (?:\S+ )?(?:khong|chu)|phai (?:\S+ )?khong"
    r"|duoc khong"
    r"|co (?:phai|can|duoc)|muon (?:lam|xin|doi|dang ky|dinh chinh|sua|tach|nhap|chuyen|hoi)"
    r"|huong dan"
    r"|how (?:do|to|can|much)|where (?:do|can|to)|what do i need|do i need|i need|i want to"
    r"|register)(?= )"
)

# With a verb of one procedure a subject is no longer bare: `đăng ký kết hôn` beside `kết hôn`.
ACTS: Final = re.compile(
    r" (?:dang ky|dang ki|xin|doi|cap|tach|nhap|gia han|chung thuc|cong chung|xay|mo|bao tu"
    r"|nhan con"
    r"|lan dau|tam ngung|tam ngung|cham dut|mat|hoa giai|trich luc|register)(?= )"
)
# `ở đâu` asks, `ở đầu làng` tells: the mark decides, or what follows.
WHERE_MARKED: Final = re.compile(r"(?<!\w)(?:ở|ra|đến|tới|gặp|chỗ)? ?đâu(?!\w)")
WHERE_BARE: Final = re.compile(
    r" (?:o|ra|den) dau(?! (?:ngo|lang|xom|thon|duong|cau|cho|xa|hem|pho|nam|thang|ao))(?= )"
)

DOSSIER_CODE: Final = re.compile(
    r"(?<![\w.-])[0-9A-Z][0-9A-Z.]{2,19}\s?-\s?\d{6}\s?-\s?\d{3,6}(?!\d)"
)
