use proptest::prelude::*;

use super::*;

fn tea() -> Contents {
    let axis = |name: &str, values: &[&str]| Axis {
        name: name.into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    };
    Contents {
        title: " Plum tea ".into(),
        axes: vec![axis("Size", &["Small", "Large"]), axis("Sugar", &["None", "Less", "Full"])],
        ..Default::default()
    }
}

fn fields(contents: Contents) -> Vec<String> {
    contents.checked().map_or_else(|e| e.0.iter().map(|e| e.field.to_string()).collect(), |_| Vec::new())
}

#[test]
fn every_combination_is_a_variant() {
    let tea = tea().checked().unwrap();
    assert_eq!(tea.title, "Plum tea");
    let variants = tea.variants();
    assert_eq!(variants.len(), 6);
    assert_eq!(options_text(&variants[4]), "Large · Less");
    assert_eq!(Contents::default().variants(), [Vec::<String>::new()], "without options there is one");
}

#[test]
fn a_merchant_may_sell_only_some_combinations() {
    let mut some = tea();
    some.variants = vec![vec!["Large".into(), "Full".into()], vec!["Small".into(), "None".into()]];
    let order: Vec<_> = some.variants().iter().map(|v| options_text(v)).collect();
    assert_eq!(order, ["Small · None", "Large · Full"]);
    some.variants.push(vec!["Huge".into(), "None".into()]);
    some.variants.push(vec!["Small".into(), "None".into()]);
    some.variants.push(vec!["Small".into()]);
    assert_eq!(fields(some), ["variants.2", "variants.3", "variants.4"]);
}

#[test]
fn limits_are_told_by_field() {
    let mut wrong = tea();
    wrong.title = "ab".into();
    wrong.subtitle = "茶".repeat(10);
    wrong.description = "a".repeat(2_001);
    wrong.images = vec![ImageId::new(); 10];
    wrong.detail_images = vec![ImageId::new(); 51];
    wrong.axes[1].name = "Size".into();
    wrong.axes[0].values.push("Large".into());
    let wanted =
        ["title", "subtitle", "description", "images", "detail_images", "axes.0.values", "axes.1.name"];
    assert_eq!(fields(wrong), wanted);

    let mut many = tea();
    many.axes.push(Axis { name: "Ice".into(), values: (0..34).map(|n| n.to_string()).collect() });
    assert_eq!(fields(many), ["axes"], "204 combinations are too many");
    let mut four = tea();
    four.axes = (0..4).map(|n| Axis { name: n.to_string(), values: vec!["x".into()] }).collect();
    assert_eq!(fields(four), ["axes"]);
    let empty = Contents { axes: vec![Axis { name: "Size".into(), values: vec![] }], ..tea() };
    assert_eq!(fields(empty), ["axes.0.values"]);
}

#[test]
fn a_list_price_is_above_the_price() {
    let check = |price, list_price| {
        let mut invalid = Invalid::new();
        let terms = Terms { price, list_price, ..Default::default() };
        terms.checked(Currency::SGD, "", &mut invalid);
        invalid.0.first().map(|e| e.field.to_string())
    };
    assert_eq!(check(100, Some(101)), None);
    assert_eq!(check(100, Some(100)).as_deref(), Some("list_price"));
    assert_eq!(check(0, None).as_deref(), Some("price"));
    assert_eq!(check(1_000_000_001, None).as_deref(), Some("price"));
    assert_eq!(price_max(Currency::JPY), 10_000_000);
    assert_eq!(price_max(Currency::KWD), 10_000_000_000);
}

proptest! {
    #[test]
    fn variants_are_all_different_and_fit_their_axes(sizes in proptest::collection::vec(1usize..6, 0..4)) {
        let axes: Vec<Axis> = sizes.iter().enumerate().map(|(n, size)| Axis {
            name: format!("axis {n}"),
            values: (0..*size).map(|v| format!("value {v}")).collect(),
        }).collect();
        let contents = Contents { title: "A thing".into(), axes, ..Default::default() };
        let variants = contents.variants();
        prop_assert_eq!(variants.len(), sizes.iter().product::<usize>());
        // What is made of the axes is accepted when it is named one by one.
        let named = Contents { variants: variants.clone(), ..contents };
        let named = named.checked();
        prop_assert!(named.is_ok());
        prop_assert_eq!(named.unwrap().variants(), variants);
    }
}
