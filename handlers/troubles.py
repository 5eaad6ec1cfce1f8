"""What people tell of: things and what is wrong with them, and what cannot wait.

Patterns are matched on folded words with one blank around each (`messages.vietnamese.Reading`).
"""

import re
from typing import Final

# Where the text is about (a category id of commune.toml): what there is, and what is wrong with it.
# A thing with its defect is feedback; a thing alone is not.
THINGS: Final[dict[str, re.Pattern[str]]] = {
    category: re.compile(rf" ({things})(?= )")
    for category, things in {
        "dien": r"mat dien|cup dien|tien dien|dien (?:yeu|chap|ap|luc|ke|sinh hoat)|cot dien"
        r"|tram bien ap|dien cao the|duong day dien|power|electricity",
        "nuoc": r"nuoc may|nuoc sach|ong nuoc|mat nuoc|cup nuoc|nuoc sinh hoat|nuoc yeu"
        r"|dong ho nuoc"
        r"|tien nuoc|nuoc gieng|tap water|water pipe",
        "moitruong": r"rac|rac thai|mui|hoi thoi|o nhiem|khoi|bui|nuoc thai|xa thai|trai (?:lon"
        r"|ga|vit)"
        r"|chan nuoi|lo gach|ao|con song|bo song|muong|kenh|cong (?:nuoc|thoat|ranh|tac|nghet"
        r"|thai|lang)"
        r"|mieng cong|co rac|muoi|rom|phe thai|xac (?:lon|ga|cho|chuot)|moi truong|bai rac|ho ga"
        r"|garbage|rubbish|trash|pollution|smell",
        "giaothong": r"den (?:duong|xom|ngo|thon|cao ap|chieu sang|cong cong)|bong den|cot den"
        r"|chieu sang|cao ap|street ?lights?|duong|ngo|hem|cau|o ga|via he|long duong|lan can"
        r"|nap cong|bien bao|xe tai"
        r"|xe cong"
        r"|vach son|gom giam toc|o to|nga (?:ba|tu)|mat duong|le duong|cay (?:do|cao|xa cu|to"
        r"|xanh)|ngap|road|bridge"
        r"|pothole|street",
        "trattu": r"karaoke|loa|on ao|am i|tha rong|cho (?:tha|sua|can|nha|du)|say|lan chiem"
        r"|ban hang"
        r"|quan nhau|lang lach|dua xe|no po|tu tap|quang cao|rao vat|ham doa|cai nhau|dog|dogs"
        r"|noise"
        r"|noisy|loud",
        "anninh": r"trom|trom cap|mat cap|danh bac|co bac|ma tuy|nghien|lo de|tin dung den"
        r"|lua dao|gay roi"
        r"|con do|hut chich|dinh trom|mat trom|thief|drugs|gambling|scam",
        "datdai": r"lan dat|tranh chap|dat cong|ranh gioi|moc gioi|lan bo|do dac|dat dai"
        r"|dat bo hoang|lan ao"
        r"|lan muong|land",
        "xaydung": r"xay (?:nha|lan|dung|trai|khong phep|cong trinh|to|tuong)|cong trinh|vat lieu"
        r"|coi noi|sat lo|nut (?:tuong|nha)|thi cong|construction|building",
        "giaoduc": r"truong (?:hoc|mam non|tieu hoc|cap|thcs)|mam non|tieu hoc|hoc sinh|hoc phi"
        r"|giao vien|co giao|hoc them|ban tru|lop hoc|nha truong|school|teacher",
        "yte": r"tram y te|tiem chung|vac xin|thuoc|bac si|kham benh|dich benh|sot xuat huyet"
        r"|ngo doc"
        r"|an toan thuc pham|ve sinh thuc pham|bao hiem y te|clinic|doctor",
        "chinhsach": r"ho ngheo|can ngheo|tro cap|ho tro|chinh sach|nguoi co cong|tien (?:tet"
        r"|nguoi gia"
        r"|cao tuoi|luong)|qua tet|thuong binh|liet si|bao tro|cuu tro|allowance",
        "thaido": r"can bo|cong chuc|nhan vien|thai do|mot cua|co o ban|ban so|chi o ban|tiep dan"
        r"|truong thon|officer|officers|staff",
        "thutuc": r"thu tuc|giay to|mot cua|ho so|dich vu cong|giay hen|phi|le phi|paperwork"
        r"|procedure",
        "loi_thong_tin": r"trang web|website|cong thong tin|fanpage|zalo xa|bai viet|so dien thoai"
        r"|bang niem yet|thong tin (?:sai|cu)",
    }.items()
}
# Words that mean something harmless once their mark is gone (vợ, thôi, hỏi, hành) stand here only
# with the neighbour that settles it.
DEFECTS: Final = re.compile(
    r" (?:(?:hong|hu hong|bi hu|hu roi|nat|nat bet|lun|sut|sat lo|gay (?:do|cay|cot|canh)|do nga"
    r"|nga do"
    r"|sap (?:do|cau|nap|ham|mai|tuong)|bi (?:vo|be|tac|tat|nut|thung|ngap|lun|can|gay|do)"
    r"|vo (?:ong|nap"
    r"|nat|toac|duong)|be (?:ong|kinh)|nut|thung|tat (?:ngom|het|may|mat|ca|tu)|bong troc|xuong cap"
    r"|khong sang|toi (?:om|thui|den)|ngap|ngap lut|ngap ung|un tac|tac (?:cong|duong|nghen|ong"
    r"|nghet)"
    r"|nghet|tran (?:ra|vao|lan|len|be|duong|nha)|u dong|dong vung|day u|lenh lang|ro ri|boc mui"
    r"|hoi thoi|mui (?:hoi|thoi|kho|khet|la)|thoi (?:qua|lam|um|khong|kinh|nong)|co mui|tanh"
    r"|duc ngau"
    r"|duc (?:ngau|qua|lam)|den kit|o nhiem|chat dong|bua bai|vut (?:rac|xac|bua)|do (?:trom|phe"
    r"|rac|nuoc)"
    r"|xa (?:thai|nuoc|ra|khoi|rac)|dot (?:rac|rom|dong)|on (?:ao|qua|lam)|am i|in oi|keu to"
    r"|hat (?:am|to"
    r"|ca|hoai)|mo nhac|mat (?:dien|nuoc)|cup (?:dien|nuoc)|chap chon|(?:nuoc|dien|song|mang) yeu"
    r"|tha rong|can (?:nguoi|tre|chet|ga)|sua (?:ca|am|hoai)|lan chiem|lan (?:duong|ra)"
    r"|chiem (?:via he"
    r"|long duong|duong)|lang lach|dua xe|danh bac|trom|mat cap|tu tap|gay roi|say xin"
    r"|cham (?:qua|tre|the"
    r"|lam)|(?:lam|xu ly|giai quyet|tra) (?:\S+ )?cham|(?:cho|doi|lam) (?:rat )?lau|lau qua|cau gat"
    r"|coi thuong|kho chiu|hach sach|hanh (?:dan|ha|toi|em|nguoi)|khong tiep|thieu (?:ton trong"
    r"|trach nhiem"
    r"|den|thung rac|nuoc|lich su|nhiet tinh)|trong khong|ngoi choi|di muon|thai do|lam kho"
    r"|quat (?:toi"
    r"|mang|nguoi|dan|em)|mang (?:chui|mo|nguoi|dan)|di lai (?:ba|nhieu|may|hai|bon)|mat an toan"
    r"|nguy hiem|te nga|nga xe|toan te|dan day|bo hoang|thu (?:tien )?cao|bat hop ly|vo ly"
    r"|khong (?:ai )?(?:don|sua|thu gom|quan ly)|chua (?:ai )?(?:sua|don|khac phuc|xu ly|nhan duoc)"
    r"|broken|damaged|dirty|flooded|blocked|dangerous|rude|slow|noisy|loud|smells?|barking))(?= )"
)
# `cháy`, `chạy` and `chảy` are one word once folded; a leak is told by its water.
LEAKS: Final = re.compile(r" (?:nuoc|ong|voi)(?: \S+){0,4}? chay(?! dien)(?= )")

# Once folded, fire is spelt as running and leaking are: marks decide where there are any.
FIRE: Final = re.compile(
    r" (?:(?:dang |bi |da |vua )?chay (?:nha|lon|to|rung|quan|xuong|bep|gas|kho|roi|du doi|lan)"
    r"|(?:nha|quan|xuong|cho|rung|bep|o to|xe"
    r"|kho|binh gas)(?: \S+){0,4}? (?:dang |bi |boc )chay|boc (?:chay|khoi|lua)|hoa hoan)(?= )"
)
EMERGENCIES: Final = (
    re.compile(
        r" (?:(?<! tra )(?<! nghien )cuu (?:voi|toi|em|nguoi|mang|con|chau|me|bo)"
        r"|goi (?:\S+ )?(?:cap cuu|cuu hoa|113|114"
        r"|115)|cap cuu(?! (?:o |tai |benh vien))|keu cuu)(?= )"
    ),
    re.compile(
        r" (?:(?:nguoi|be|chau|tre|em|hoc sinh|con)(?: \S+){0,4}? duoi nuoc|bi duoi nuoc|chet duoi"
        r"|nga (?:xuong )?(?:song|ao|gieng)|roi xuong (?:song|ao|gieng|ho)|dien giat"
        r"|dien chich)(?= )"
    ),
    re.compile(
        r" tai nan(?! lao dong)(?: \S+){0,12}? (?:bi thuong|nghiem trong|chet|nam|mau|gay"
        r"|bat tinh|nga tu"
        r"|nga ba|goi|vua|roi|cuu)(?= )| (?:co|vua|dang|xay ra) (?:\S+ )?tai nan(?= )"
    ),
    re.compile(
        r" (?:(?:dang|no|lai|toan|hay) (?:\S+ )?danh (?:toi|em|nhau|vo|con|me|chau|dap|nguoi)"
        r"|danh nhau"
        r"|(?:bi|no) (?:\S+ ){0,4}?(?:danh|dam|chem)(?! (?:gia|mat|dau|roi))"
        r"|(?:dam|chem|giet) (?:nhau|nguoi|chet)|cam dao|doa giet|bao hanh|hiep dam|xam hai|bat coc"
        r"|danh (?:con|vo|chau|toi|nguoi)(?: \S+){0,2}? (?:chay mau|bi thuong|nhap vien))(?= )"
    ),
    re.compile(
        r" (?:(?:co|thang|ke|ten|bi)(?: \S+){0,3}? (?:trom|cuop|ke gian)(?: \S+){0,3}? (?:dang"
        r"|no|cay|pha"
        r"|vao|dot nhap|roi|nha|cua|leo)|trom (?:dang|no)|(?:dang )?cay (?:cua|khoa)|pha khoa"
        r"|cuop giat"
        r"|bi cuop|dot nhap)(?= )"
    ),
    re.compile(
        r" (?:dot quy|dot tu|ngat xiu|bat tinh|kho tho|ngung tho|co giat|ngo doc(?! thuc pham o)"
        r"|ran can"
        r"|tu tu|tu van(?! (?:vien|giup|cho|ve|ho|phap|thu|viec|em|toi|nao|luat))"
        r"|uong thuoc (?:sau|tru sau|doc|chuot)|chay mau nhieu"
        r"|sap (?:nha|ham|tuong|cau) (?:\S+ )?(?:roi|nguoi|de)|lu cuon|vo de|mac ket|bi de|sinh roi"
        r"|sap de|chuyen da|vo oi)(?= )"
    ),
    re.compile(
        r" (?:(?:there is|there s|house is on|it is on|on) (?:a )?fire|fire (?:next|at|in)|drown\w*"
        r"|(?:car|traffic|bad|serious) accident|heart attack|stroke|ambulance|robbery|robbed"
        r"|breaking into"
        r"|thief|being (?:attacked|beaten)|beating (?:me|her|him|my)|bleeding|unconscious"
        r"|help me|suicide)(?= )"
    ),
)
NOT_NOW: Final = re.compile(
    r" (?:hay (?:xay ra|co|bi) tai nan|(?:de|nguy co|co the|so) (?:\S+ ){0,2}?(?:gay |bi |xay ra )?"
    r"(?:tai nan|chay|dien giat|te|duoi nuoc)|phong chay|chua chay|phong chong|dien tap|tap huan"
    r"|chay mat"
    r"|chay het|nam ngoai|thang truoc|nam truoc|ngay xua|giay (?:to )?bi chay|tro cap|ho tro"
    r"|chung chi"
    r"|xac nhan|thu tuc|bao hiem|hop dong)(?= )"
)
