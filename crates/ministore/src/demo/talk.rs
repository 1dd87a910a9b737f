//! What is said in the town's live room. Visitors say it as people do: of what they see, in English, in Chinese, in both.

use super::chance::Chance;

/// Lines to a product: what visitors say of it, and what the host answers.
struct Lines {
    product: &'static str,
    english: &'static [&'static str],
    chinese: &'static [&'static str],
    host: &'static [&'static str],
}

const OF_PRODUCTS: [Lines; 7] = [
    Lines {
        product: "bubble-tea",
        english: &[
            "those pearls",
            "Is the brown sugar very sweet?",
            "30 % sugar is the right answer",
            "can I get it with less ice?",
            "Large please, it is a hot night",
            "the taro one looks so pretty",
        ],
        chinese: &["珍珠看起来好弹", "三分糖就够甜了", "黑糖挂壁绝了", "大杯走起", "上次喝过，真的好喝"],
        host: &[
            "A new pot of pearls every three hours, and nothing is kept.",
            "三分糖最多人点，珍珠本身就带甜。",
        ],
    },
    Lines {
        product: "dumplings",
        english: &[
            "the steam!!",
            "Pork and chive or prawn? Help",
            "12 pieces, no question",
            "my grandma pleats them like this",
            "do they travel well?",
            "dinner solved",
        ],
        chinese: &["看饿了", "鲜虾馅的还有吗", "十二只一份，一个人刚好", "褶子包得真漂亮", "要配醋！"],
        host: &[
            "Eighteen pleats each. Mei folded four hundred this morning.",
            "虾馅的每天只包一百只，先到先得。",
        ],
    },
    Lines {
        product: "teapot",
        english: &[
            "it pours so cleanly",
            "Is the celadon back?",
            "would 450 ml do for four people?",
            "bought it for my mum, she uses it daily",
            "that glaze",
        ],
        chinese: &["断水真利落", "青瓷绿那把好看", "送长辈合适吗？", "壶盖会掉吗", "颜色太正了"],
        host: &[
            "Three small cups, or two large ones. Warm water only, no soap.",
            "壶里有滤孔，整叶乌龙也不堵。",
        ],
    },
    Lines {
        product: "moon-cake",
        english: &[
            "half the sugar, finally",
            "a box for the office please",
            "How long do they keep?",
            "the rabbit",
        ],
        chinese: &["中秋还没到就馋了", "莲蓉的最经典", "可以当伴手礼", "兔子太可爱了吧", "甜度刚好"],
        host: &[
            "They keep fourteen days in a cool place; day two is the best.",
            "莲蓉炒足六个小时，糖只用一半。",
        ],
    },
    Lines {
        product: "noodles",
        english: &[
            "pull them longer!",
            "Bone broth, yes",
            "extra egg for me",
            "is there a vegetarian broth?",
            "supper sorted",
        ],
        chinese: &["汤色好浓", "面是手拉的吗？", "加蛋加面", "深夜放毒啊", "多放葱花"],
        host: &[
            "Hand-pulled, every bowl. The bones simmer for twelve hours.",
            "面是现拉的，汤熬了十二个小时。",
        ],
    },
    Lines {
        product: "dango",
        english: &[
            "so pretty",
            "three colours, three flavours?",
            "the kids will fight for the pink one",
            "cute!!",
            "how many on a stick?",
        ],
        chinese: &["颜值太高", "粉色的是樱花味吗", "糯叽叽", "小朋友最爱", "三串够不够分"],
        host: &["Cherry, plain and mugwort, from the top down.", "粉的是樱花，绿的是艾草。"],
    },
    Lines {
        product: "shaved-ice",
        english: &[
            "mango please",
            "matcha for me",
            "in this weather? YES",
            "looks like snow",
            "brain freeze incoming",
        ],
        chinese: &["抹茶味必点", "夏天的快乐", "冰好细啊", "芒果是新鲜的吗？", "看着就凉快"],
        host: &["Shaved from frozen milk, so it melts slowly.", "冰是牛奶冻的，化得慢。"],
    },
];

const OF_ANYTHING: &[&str] = &[
    "hi from Tampines",
    "just joined, what did I miss?",
    "evening everyone",
    "love this little shop",
    "do you deliver to Holland Drive?",
    "ordered",
    "the lanterns look so warm",
    "pick-up at Katong, is that possible?",
    "my order last week was perfect",
    "haha she is so cheerful",
    "what time do you close tonight?",
    "sharing this with my sister",
    "your hat is iconic",
];

const OF_ANYTHING_CHINESE: &[&str] = &[
    "来了来了",
    "晚上好呀",
    "老板娘今天好精神",
    "这家店真的不错，回购好几次了",
    "已下单",
    "主播讲得真细",
    "背景好有气氛",
    "可以自取吗？",
    "第一次来，先关注了",
    "哈哈哈哈",
    "推荐给朋友了",
    "什么时候到货呀",
];

const HOST_SAYS: &[&str] = &[
    "Welcome, welcome! Tap the card below to see the price.",
    "欢迎新来的朋友，点下面的卡片就能看。",
    "Thank you! I read every one of these.",
    "谢谢支持，都有现货。",
    "Delivery is free from S$40, pick-up any time until five.",
    "有问题直接打字问我。",
];

/// What a visitor says while this product is shown.
pub(super) fn visitor(chance: &mut Chance, product: &str, chinese: bool) -> &'static str {
    let own = OF_PRODUCTS.iter().find(|lines| lines.product == product);
    let own = own.map_or(&[][..], |lines| if chinese { lines.chinese } else { lines.english });
    let all = if chinese { OF_ANYTHING_CHINESE } else { OF_ANYTHING };
    let from = if own.is_empty() || chance.between(0, 10) < 3 { all } else { own };
    chance.pick(from).copied().unwrap_or(all[0])
}

/// What the host says while this product is shown.
pub(super) fn host(chance: &mut Chance, product: &str) -> &'static str {
    let own = OF_PRODUCTS.iter().find(|lines| lines.product == product).map_or(&[][..], |lines| lines.host);
    let from = if own.is_empty() || chance.between(0, 3) == 0 { HOST_SAYS } else { own };
    chance.pick(from).copied().unwrap_or(HOST_SAYS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that the room refuses would never be seen.
    #[test]
    fn every_line_can_be_said() {
        let lines = OF_PRODUCTS.iter().flat_map(|of| [of.english, of.chinese, of.host].concat());
        let all = lines.chain([OF_ANYTHING, OF_ANYTHING_CHINESE, HOST_SAYS].concat());
        for line in all {
            assert_eq!(live::chat::rules::read(line).as_deref(), Ok(line));
            assert!(!live::chat::rules::has_link(line), "{line} would wait for a moderator");
        }
    }
}
