"""Names and identity numbers of people who do not exist.

Every name carries 演示 after the surname. Every identity number is lawful (domain §3) but of the
region 990405, which is assigned to nobody; phones begin with 100, which no operator gives out.
"""

import datetime
import random
from collections import Counter

from households import identity

MARK = "演示"
REGION = "990405"
SURNAMES = (
    "王李张刘陈杨赵孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤褚"
)
SURNAME_WEIGHTS = [max(4, 40 - place) for place in range(len(SURNAMES))]
GIVEN_MALE = (
    "伟强军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建亮成畅凤鸿厚吉庆全荣山善胜顺泰田同旺祥兴学"
    "彦义永友有裕元远运增长振正志忠传德登东法福富广贵国海洪怀积继加金锦景敬开克宽奎来立良茂民培启千钦仁润绍"
)
GIVEN_FEMALE = (
    "芳娜敏静秀娟英慧巧美淑惠珠翠雅芝玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡佳嘉琼"
    "勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨"
)
PHONE_PREFIX = "100"
# Two digits of a 残疾人证 after the 18 of the identity number: kind and grade (C007, C010).
DISABILITY_KINDS = ("视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾", "多重残疾")
DISABILITY_GRADES = ("一级", "二级", "三级", "四级")


def surname(rng: random.Random) -> str:
    return rng.choices(SURNAMES, SURNAME_WEIGHTS)[0]


def person_name(rng: random.Random, sex: str, family: str = "") -> str:
    """Surname, 演示, and one or two characters: 王演示兰, 李演示建国."""
    letters = GIVEN_MALE if sex == "男" else GIVEN_FEMALE
    given = rng.choice(letters)
    if rng.random() < 0.6:
        given += rng.choice(letters)
    return f"{family or surname(rng)}{MARK}{given}"


class IdentityNumbers:
    """Hands out each number once; 500 numbers a day of birth and sex, then the next day's.

    `start` (0–499) rotates the serials, so that two counties seeded apart seldom meet.
    """

    def __init__(self, start: int = 0) -> None:
        self.start = start
        self.given: Counter[tuple[datetime.date, str]] = Counter()

    def take(self, birth: datetime.date, sex: str) -> tuple[str, datetime.date]:
        """The number and the day of birth it holds: the next day with a number left."""
        while self.given[birth, sex] >= 500:
            birth += datetime.timedelta(days=1)
        place = (self.start + self.given[birth, sex]) % 500
        self.given[birth, sex] += 1
        stem = f"{REGION}{birth:%Y%m%d}{place * 2 + (sex == '男'):03d}"
        return stem + identity.check_digit(stem), birth


def disability_certificate(id_number: str, category: str, grade: str) -> str:
    """The 20 characters of a 残疾人证."""
    return f"{id_number}{DISABILITY_KINDS.index(category) + 1}{DISABILITY_GRADES.index(grade) + 1}"


def phone(rng: random.Random) -> str:
    return f"{PHONE_PREFIX}{rng.randrange(10**8):08d}"
