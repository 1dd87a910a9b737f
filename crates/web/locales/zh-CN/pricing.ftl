# 优惠名称。
pricing-live = 直播价
pricing-flash = 限时秒杀
pricing-won = 竞拍成交
