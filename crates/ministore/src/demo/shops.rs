//! The four shops beside their goods: who keeps them, where they are, when they are open.

use super::goods::Language;

/// One shop of the town. Its handle is the key in `goods.json`.
pub(super) struct Shop {
    pub(super) key: &'static str,
    pub(super) language: Language,
    /// Place in [`super::people::KEEPERS`].
    pub(super) keeper: usize,
    pub(super) region: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) legal_name: &'static str,
    pub(super) licence_number: &'static str,
    pub(super) phone: &'static str,
    pub(super) email: &'static str,
    pub(super) announcement: &'static str,
    /// Monday first, as people type them.
    pub(super) hours: [&'static str; 7],
    /// Minor units: what a delivery costs, and from how much on it is free.
    pub(super) freight: (i64, i64),
    pub(super) branches: &'static [Place],
    pub(super) carrier: &'static str,
    /// How many orders a day of the fortnight brings.
    pub(super) orders_a_day: i64,
    /// Of ten orders so many are picked up.
    pub(super) picked_up_of_ten: i64,
    /// How many pieces of each SKU the shop begins with, at least and below.
    pub(super) stock: (i64, i64),
    /// Category and grams of one piece.
    pub(super) weights: [(&'static str, i64); 4],
    /// What the stocktake finds: product, a part of the options' text, pieces left.
    pub(super) scarce: &'static [(&'static str, &'static str, i64)],
}

/// Where a shop can be found; coordinates in millionths of a degree.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    pub(super) phone: &'static str,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    /// Hours of its own, the same every day; empty: the shop's hold.
    pub(super) hours: &'static str,
    pub(super) slot_minutes: i64,
    pub(super) slot_capacity: i64,
}

/// Together the teahouse and the bakery never sleep: at any hour one of them is open, whenever the demo is started.
pub(super) const SHOPS: [Shop; 4] = [LANTERN, OLLIE, FERN, STITCH];

const LANTERN: Shop = Shop {
    key: "lantern",
    language: Language::English,
    keeper: 0,
    region: "SG",
    time_zone: "Asia/Singapore",
    legal_name: "Lantern Tea & Dumplings LLP",
    licence_number: "T19LL4021K",
    phone: "+65 6555 0148",
    email: "hello@lantern.example",
    announcement: "Moon cakes are back. Order by Thursday and we keep a box for you; supper is served until five in the morning.",
    hours: ["10:00-05:00"; 7],
    freight: (450, 4000),
    branches: &[
        Place {
            name: "Bugis shophouse",
            address: "58 Haji Lane, Singapore 189259",
            phone: "+65 6555 0148",
            latitude: 1_300_870,
            longitude: 103_858_990,
            hours: "",
            slot_minutes: 30,
            slot_capacity: 12,
        },
        Place {
            name: "Katong corner",
            address: "211 East Coast Road, Singapore 428909",
            phone: "+65 6555 0149",
            latitude: 1_306_540,
            longitude: 103_905_280,
            hours: "11:00-22:00",
            slot_minutes: 60,
            slot_capacity: 20,
        },
    ],
    carrier: "Kampong Express",
    orders_a_day: 3,
    picked_up_of_ten: 8,
    stock: (60, 160),
    weights: [("drinks", 620), ("hot", 450), ("sweet", 220), ("pantry", 900)],
    scarce: &[
        ("tangerines", "", 0),
        ("moon-cake", "Single yolk · Box of 4", 0),
        ("teapot", "Celadon", 3),
        ("custard", "", 2),
    ],
};

const OLLIE: Shop = Shop {
    key: "ollie",
    language: Language::English,
    keeper: 1,
    region: "SG",
    time_zone: "Asia/Singapore",
    legal_name: "Ollie's Bakehouse Pte. Ltd.",
    licence_number: "202014882N",
    phone: "+65 6555 0172",
    email: "bread@ollie.example",
    announcement: "The first croissants leave the oven at five. Celebration cakes need one day's notice.",
    hours: ["05:00-19:00"; 7],
    freight: (600, 5000),
    branches: &[Place {
        name: "Tiong Bahru bakehouse",
        address: "9 Yong Siak Street, Singapore 168645",
        phone: "+65 6555 0172",
        latitude: 1_282_330,
        longitude: 103_830_180,
        hours: "",
        slot_minutes: 30,
        slot_capacity: 10,
    }],
    carrier: "Kampong Express",
    orders_a_day: 2,
    picked_up_of_ten: 9,
    stock: (50, 120),
    weights: [("bread", 320), ("pastry", 140), ("cake", 900), ("cafe", 420)],
    scarce: &[("croissant", "Almond", 0), ("birthday-cake", "Carrot", 3), ("pretzel", "", 4)],
};

const FERN: Shop = Shop {
    key: "fern",
    language: Language::Chinese,
    keeper: 2,
    region: "CN",
    time_zone: "Asia/Shanghai",
    legal_name: "上海蕨与陶家居用品有限公司",
    licence_number: "91310104MA1FR0Q72X",
    phone: "+86 21 5550 0136",
    email: "ni.hao@fern.example",
    announcement: "周三、周五到一批云南郁金香，含苞采收，可以多养几天。花盆买回去不合适，随时来换。",
    hours: [
        "10:00-19:00",
        "10:00-19:00",
        "10:00-19:00",
        "10:00-19:00",
        "10:00-20:30",
        "10:00-20:30",
        "10:00-18:00",
    ],
    freight: (1200, 19900),
    branches: &[Place {
        name: "武康路工作室",
        address: "上海市徐汇区武康路 378 弄 6 号",
        phone: "+86 21 5550 0136",
        latitude: 31_207_210,
        longitude: 121_437_160,
        hours: "",
        slot_minutes: 60,
        slot_capacity: 6,
    }],
    carrier: "飞燕速递",
    orders_a_day: 1,
    picked_up_of_ten: 3,
    stock: (20, 60),
    weights: [("plants", 2600), ("flowers", 500), ("ceramics", 1400), ("home", 1800)],
    scarce: &[("amphora", "青釉", 0), ("chair", "黑色", 1), ("plant", "21", 3)],
};

const STITCH: Shop = Shop {
    key: "stitch",
    language: Language::English,
    keeper: 3,
    region: "SG",
    time_zone: "Asia/Singapore",
    legal_name: "Second Stitch",
    licence_number: "53418827B",
    phone: "+65 6555 0191",
    email: "needle@stitch.example",
    announcement: "Bring it back and we mend it, free, for as long as you wear it. Repairs take about a week.",
    hours: [
        "11:00-20:00",
        "11:00-20:00",
        "11:00-20:00",
        "11:00-20:00",
        "11:00-21:00",
        "11:00-21:00",
        "12:00-18:00",
    ],
    freight: (500, 12000),
    branches: &[Place {
        name: "Ann Siang atelier",
        address: "27 Ann Siang Road, Singapore 069707",
        phone: "+65 6555 0191",
        latitude: 1_281_060,
        longitude: 103_845_770,
        hours: "",
        slot_minutes: 60,
        slot_capacity: 8,
    }],
    carrier: "Kampong Express",
    orders_a_day: 1,
    picked_up_of_ten: 3,
    stock: (14, 40),
    weights: [("clothes", 450), ("bags", 800), ("shoes", 1100), ("extras", 250)],
    scarce: &[("dress", "Rose · M", 0), ("boot", "42", 1), ("hat", "58 cm", 3)],
};
