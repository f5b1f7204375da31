"""Everyday words of the worlds: none is in the project's lexicons (a test holds it)."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = _words(
    """
    spoon kettle ladle gravel trowel compost shovel tulip clover walnut pebble
    girder carriage whistle signal tunnel viaduct timetable drizzle fog thunder
    breeze puddle cloud frost umbrella bucket hinge plank nail varnish sandpaper
    pocket button zipper thread needle thimble wool curtain carpet cushion bracket
    ferry anchor harbour rope paddle lighthouse canyon valley meadow orchard hedge
    barrel cellar ladder chimney gutter brick mortar marble copper zinc velvet
    pillow blanket drawer cupboard shelf basket crate parcel envelope stamp ruler
    """
)
CHINESE = _words(
    """
    勺子 水壶 铲子 堆肥 郁金 核桃 鹅卵 站台 车厢 汽笛 信号 隧道 高架 时刻
    细雨 大雾 雷声 微风 水坑 云朵 霜冻 雨伞 水桶 铰链 木板 钉子 清漆 砂纸
    口袋 纽扣 拉链 丝线 顶针 羊毛 窗帘 地毯 坐垫 渡轮 船锚 码头 绳子 灯塔
    峡谷 山谷 草地 果园 篱笆 木桶 地窖 梯子 烟囱 砖头 灰泥 大理石 黄铜 枕头
    毯子 抽屉 柜子 架子 篮子 箱子 包裹 信封 邮票 尺子
    """
)
KITCHEN = _words(
    """
    切碎 葱花 焯水 砂锅 蒸笼 炒锅 酱油 陈醋 生抽 淀粉 擀面 发酵 小火 收汁
    勾芡 腌制 煎锅 豆瓣 花椒 八角
    """
)
CHINESE_GAP = "\uff0c"
ENGLISH_TAGS = tuple(f"{one}{two}" for one in ENGLISH[:8] for two in ENGLISH[20:25])
CHINESE_TAGS = tuple(f"{one}{two}" for one in CHINESE[:8] for two in CHINESE[20:25])
STOCK_SENTENCES = tuple(
    " ".join(ENGLISH[place : place + 8]) for place in range(0, 48, 8)
)
