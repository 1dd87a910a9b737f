//! Who lives in the town. The contacts of those one can be with one click are `people::demo`'s.

use db::LaneKey;
use kernel::{AccountId, AddressId, Locale, Timestamp};
use people::{Contact, accounts, alpha};
use trade::{
    addresses::{self, Details},
    basket,
};
use web::App;

use super::{opening::Opened, past};
use crate::cli::Outcome;

/// Someone with a name and a contact that they have proved.
pub(super) struct Someone {
    pub(super) name: &'static str,
    pub(super) contact: &'static str,
}

const fn someone(name: &'static str, contact: &'static str) -> Someone {
    Someone { name, contact }
}

pub(super) const OPERATOR: Someone = someone("Ada Rahman", "operator@demo.example");
/// The shops' owners, in the order of the shops; the second is a stranger to the first one's shop.
pub(super) const KEEPERS: [Someone; 4] = [
    someone("Lim Mei Hua", "merchant@demo.example"),
    someone("Oliver Koh", "baker@demo.example"),
    someone("沈若溪", "florist@demo.example"),
    someone("Priya Nair", "tailor@demo.example"),
];
pub(super) const CLERK: Someone = someone("Jun Wei", "clerk@demo.example");
pub(super) const MANAGER: Someone = someone("Farah Aziz", "manager@demo.example");
/// Invited, with an application that was refused and another one begun.
pub(super) const NEWCOMER: Someone = someone("Kenji Mori", "newcomer@demo.example");
/// Invited, with an application that waits for the operator.
pub(super) const APPLICANT: Someone = someone("Rosa Delgado", "rosa@demo.example");
/// On the waiting list, with what they say about their store; the first can be signed in as.
pub(super) const WAITING: [(Someone, &str); 3] = [
    (
        someone("Hana Kim", "waiting@demo.example"),
        "Kimchi and banchan from my mother's recipes, about forty jars a week.",
    ),
    (
        someone("Tom Becker", "tom.becker@demo.example"),
        "Repaired bicycles, and the tools to keep them going.",
    ),
    (someone("何静怡", "jingyi.he@demo.example"), "手工皂和香薰，想先在朋友圈里卖起来。"),
];
/// Invited, and not here yet.
const INVITED: [&str; 2] = ["studio@kiln.example", "+65 8555 0127"];

/// Where a buyer lives.
pub(super) struct Home {
    phone: &'static str,
    region: &'static str,
    lines: &'static str,
    postcode: &'static str,
}

/// Those who buy; the first is the one to sign in as. The last four live in Shanghai.
pub(super) const BUYERS: [(Someone, Home); 14] = [
    (
        someone("Mei Tan", "buyer@demo.example"),
        home("+65 8555 0101", "Singapore", "Block 78 Guan Chuan Street, #04-12", "160078"),
    ),
    (
        someone("Daniel Ong", "daniel@demo.example"),
        home("+65 8555 0102", "Singapore", "12 Jalan Besar, #03-07", "208787"),
    ),
    (
        someone("Nurul Huda", "nurul@demo.example"),
        home("+65 8555 0103", "Singapore", "Block 415 Tampines Street 41, #09-220", "520415"),
    ),
    (
        someone("Wei Ling Chua", "weiling@demo.example"),
        home("+65 8555 0104", "Singapore", "33 Holland Drive, #15-02", "270033"),
    ),
    (
        someone("Arjun Pillai", "arjun@demo.example"),
        home("+65 8555 0105", "Singapore", "8 Kampong Bahru Road, #02-11", "169341"),
    ),
    (
        someone("Sofia Marques", "sofia@demo.example"),
        home("+65 8555 0106", "Singapore", "101 Joo Chiat Road", "427401"),
    ),
    (
        someone("Ben Hartley", "ben@demo.example"),
        home("+65 8555 0107", "Singapore", "5 Everton Park, #01-22", "080005"),
    ),
    (
        someone("Siti Aminah", "siti@demo.example"),
        home("+65 8555 0108", "Singapore", "Block 12 Haig Road, #06-331", "430012"),
    ),
    (
        someone("Grace Teo", "grace@demo.example"),
        home("+65 8555 0109", "Singapore", "27 Dover Crescent, #11-45", "130027"),
    ),
    (
        someone("Marcus Lee", "marcus@demo.example"),
        home("+65 8555 0110", "Singapore", "70 Telok Blangah Heights, #08-16", "100070"),
    ),
    (
        someone("林晓雯", "xiaowen@demo.example"),
        home("+86 139 5550 0111", "上海市徐汇区", "复兴西路 147 弄 2 号 302 室", "200031"),
    ),
    (
        someone("周子墨", "zimo@demo.example"),
        home("+86 138 5550 0112", "上海市静安区", "巨鹿路 889 号 5 楼", "200040"),
    ),
    (
        someone("陈思远", "siyuan@demo.example"),
        home("+86 136 5550 0113", "上海市长宁区", "愚园路 1088 弄 16 号", "200050"),
    ),
    (
        someone("Claire Dubois", "claire@demo.example"),
        home("+86 137 5550 0114", "上海市黄浦区", "思南路 51 号 2 楼", "200020"),
    ),
];
/// How many of them live in Singapore; the others are near the shop in Shanghai.
pub(super) const SINGAPOREANS: usize = 10;

const fn home(
    phone: &'static str,
    region: &'static str,
    lines: &'static str,
    postcode: &'static str,
) -> Home {
    Home { phone, region, lines, postcode }
}

/// The buyer to sign in as also sends to her office and to her parents.
const ELSEWHERE: [(&str, Home); 2] = [
    (
        "Mei Tan (office)",
        home("+65 8555 0101", "Singapore", "1 Fusionopolis Way, #17-04, reception", "138632"),
    ),
    ("Tan Boon Kiat", home("+65 6555 0166", "Singapore", "Block 206 Toa Payoh North, #12-1189", "310206")),
];

/// A buyer with what an order needs of them.
pub(super) struct Buyer {
    pub(super) account: AccountId,
    pub(super) name: &'static str,
    pub(super) phone: &'static str,
    pub(super) home: AddressId,
}

/// The account of someone who has signed in before.
pub(super) async fn arrive(app: &App, who: &Someone, at: Timestamp) -> Outcome<AccountId> {
    let contact = Contact::parse(who.contact).map_err(|problem| format!("{}: {problem:?}", who.contact))?;
    let account = app
        .db
        .write(LaneKey::PLATFORM, async |tx| {
            let account = accounts::of_contact_or_new(tx, &contact, at).await?;
            accounts::verified(tx, &contact, at).await?;
            accounts::rename(tx, account, who.name).await?;
            Ok::<_, db::Error>(account)
        })
        .await?;
    Ok(account)
}

/// The operator, who was there before everyone.
pub(super) async fn operator(app: &App, at: Timestamp) -> Outcome<AccountId> {
    let operator = arrive(app, &OPERATOR, at).await?;
    app.db.write(LaneKey::PLATFORM, async |tx| accounts::make_operator(tx, operator).await).await?;
    Ok(operator)
}

/// The buyers with their addresses.
pub(super) async fn buyers(app: &App, at: Timestamp) -> Outcome<Vec<Buyer>> {
    let app = past(app, at);
    let mut buyers = Vec::with_capacity(BUYERS.len());
    for (who, place) in &BUYERS {
        let account = arrive(&app, who, at).await?;
        if buyers.is_empty() {
            for (name, place) in &ELSEWHERE {
                addresses::save(&app, account, None, details(name, place)).await?;
            }
        }
        let home = addresses::save(&app, account, None, details(who.name, place)).await?;
        buyers.push(Buyer { account, name: who.name, phone: place.phone, home });
    }
    Ok(buyers)
}

/// Those who were given an address when the town was made and have it still, but for the one to sign in as: she buys
/// only what whoever signs in as her buys.
pub(super) async fn at_home(app: &App) -> Outcome<Vec<Buyer>> {
    let mut read = app.db.read().await?;
    let mut found = Vec::with_capacity(BUYERS.len());
    for (who, place) in BUYERS.iter().skip(1) {
        let Ok(contact) = Contact::parse(who.contact) else { continue };
        let Some(account) = accounts::of_contact(&mut read, &contact).await? else { continue };
        let Some(home) = addresses::list(&mut read, account).await?.into_iter().next() else { continue };
        found.push(Buyer { account, name: who.name, phone: place.phone, home: home.id });
    }
    if found.is_empty() { Err("nobody lives in the town".into()) } else { Ok(found) }
}

fn details(name: &str, home: &Home) -> Details {
    Details {
        name: name.into(),
        phone: home.phone.into(),
        region: home.region.into(),
        lines: home.lines.into(),
        postcode: home.postcode.into(),
    }
}

/// The operator lets some into the alpha.
pub(super) async fn invite(app: &App, operator: AccountId) -> Outcome<()> {
    let contacts = KEEPERS.iter().chain([&NEWCOMER, &APPLICANT]).map(|who| who.contact);
    for contact in contacts.chain(INVITED) {
        alpha::invite(app, operator, contact, Locale::English).await?;
    }
    Ok(())
}

/// Those who are not invited put themselves on the list.
pub(super) async fn queue(app: &App) -> Outcome<AccountId> {
    let mut first = None;
    for (who, note) in &WAITING {
        let account = arrive(app, who, app.clock.now()).await?;
        alpha::join(app, account, note).await?;
        first.get_or_insert(account);
    }
    first.ok_or_else(|| "nobody waits".into())
}

/// The buyer has put something aside in two shops.
pub(super) async fn fill_baskets(app: &App, buyer: &Buyer, opened: &[Opened]) -> Outcome<()> {
    for (shop, slug, pieces) in
        [(0, "bubble-tea", 2), (0, "dumplings", 1), (0, "shaved-ice", 1), (3, "scarf", 1)]
    {
        let opened = &opened[shop];
        let sku = *opened.skus(slug).last().ok_or(slug)?;
        basket::add(app, &opened.store, buyer.account.uuid(), sku, pieces).await?;
    }
    Ok(())
}
