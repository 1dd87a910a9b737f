//! Applications that are not decided yet, for the operator and for someone who wants to open a shop.

use jiff::SignedDuration;
use kernel::AccountId;
use stores::{
    applications::{self, Answers},
    images::Kind,
};
use web::App;

use super::{
    opening::hang,
    past,
    people::{APPLICANT, NEWCOMER, Someone, arrive},
};
use crate::cli::Outcome;

/// Three applications: one waits for the operator with its licence, one was refused with reasons, and its author has
/// begun another. Answers with who that is.
pub(super) async fn hand_in(app: &App, operator: AccountId) -> Outcome<AccountId> {
    let hours = |ago: i64| past(app, app.clock.now() - SignedDuration::from_hours(ago));
    let newcomer = apply_in_vain(&hours(76), &hours(51), operator).await?;
    begin(&hours(20), newcomer).await?;
    apply(&hours(6)).await?;
    Ok(newcomer)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

async fn answers(app: &App, who: &Someone, account: AccountId) -> Outcome<Answers> {
    let licence = hang(app, account, None, Kind::Licence, "licence.webp").await?;
    Ok(Answers {
        subject: text("self-employed"),
        region: text("SG"),
        contact_name: text(who.name),
        contact_email: text(who.contact),
        licence_image: Some(licence.to_string()),
        currency: text("SGD"),
        time_zone: text("Asia/Singapore"),
        return_name: text(who.name),
        ..Answers::default()
    })
}

async fn apply(app: &App) -> Outcome<()> {
    let account = arrive(app, &APPLICANT, app.clock.now()).await?;
    let answers = Answers {
        contact_phone: text("+65 8555 0131"),
        legal_name: text("Rosa Delgado Ferments"),
        licence_number: text("53402216C"),
        store_name: text("Good Neighbour Ferments"),
        abbreviation: text("Ferments"),
        handle: text("good-neighbour"),
        intro: text("Hot sauces, pickles and kombucha, fermented in small crocks in a shared kitchen."),
        return_phone: text("+65 8555 0131"),
        return_address: text("31 Tuas South Avenue 8, #02-14, Singapore 637594"),
        ..answers(app, &APPLICANT, account).await?
    };
    let begun = applications::start(app, account, answers).await?;
    applications::submit(app, account, begun.id).await?;
    Ok(())
}

async fn apply_in_vain(app: &App, later: &App, operator: AccountId) -> Outcome<AccountId> {
    let account = arrive(app, &NEWCOMER, app.clock.now()).await?;
    let answers = Answers {
        contact_phone: text("+65 8555 0134"),
        legal_name: text("Kenji Mori"),
        licence_number: text("53390457X"),
        store_name: text("Mori Knife Workshop"),
        abbreviation: text("Mori"),
        handle: text("mori-knives"),
        intro: text("Kitchen knives ground and sharpened by hand. Bring yours, or take a new one home."),
        return_phone: text("+65 8555 0134"),
        return_address: text("5 Kallang Place, #01-12, Singapore 339150"),
        ..answers(app, &NEWCOMER, account).await?
    };
    let begun = applications::start(app, account, answers).await?;
    let submitted = applications::submit(app, account, begun.id).await?;
    let reasons = vec![
        (
            "licence_image".to_owned(),
            "The picture cuts off the date of issue. Please take it again with all four corners.".to_owned(),
        ),
        (
            "legal_name".to_owned(),
            "The licence names Mori Knife Workshop, not you. Please write it as it stands there.".to_owned(),
        ),
    ];
    applications::refuse(later, operator, submitted.id, submitted.version, reasons).await?;
    Ok(account)
}

async fn begin(app: &App, account: AccountId) -> Outcome<()> {
    let answers = Answers {
        subject: text("individual"),
        region: text("SG"),
        store_name: text("Whetstone Evenings"),
        abbreviation: text("Whetstone"),
        intro: text("Sharpening classes for four people at a time."),
        ..Answers::default()
    };
    applications::start(app, account, answers).await?;
    Ok(())
}
