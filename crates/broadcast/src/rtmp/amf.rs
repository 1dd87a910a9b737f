//! AMF0, the notation of RTMP's commands. Reading is bounded in depth and in number: a few nested megabytes from a
//! stranger must not use up the stack.

use bytes::{BufMut, BytesMut};

/// An encoder's commands are two levels deep.
const DEPTH_MAX: u32 = 8;

/// And hold some dozen values.
const VALUES_MAX: u32 = 512;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Boolean(bool),
    Text(String),
    Object(Vec<(String, Value)>),
    List(Vec<Value>),
    Null,
}

impl Value {
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The member of this name, if this is an object that has it.
    pub fn member(&self, name: &str) -> Option<&Value> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// All values that stand one after the other; `None` if the bytes are not AMF0 or hold too much.
pub fn read_all(bytes: &[u8]) -> Option<Vec<Value>> {
    let mut reader = Reader { bytes, values: 0 };
    let mut values = Vec::new();
    while !reader.bytes.is_empty() {
        values.push(reader.value(0)?);
    }
    Some(values)
}

struct Reader<'a> {
    bytes: &'a [u8],
    values: u32,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Option<Value> {
        self.values += 1;
        if depth > DEPTH_MAX || self.values > VALUES_MAX {
            return None;
        }
        match self.take::<1>()?[0] {
            0 => Some(Value::Number(f64::from_be_bytes(self.take()?))),
            1 => Some(Value::Boolean(self.take::<1>()?[0] != 0)),
            2 => {
                let length = u16::from_be_bytes(self.take()?);
                self.text(usize::from(length)).map(Value::Text)
            }
            3 => self.members(depth),
            5 | 6 => Some(Value::Null),
            8 => {
                // The number of members is a hint that nobody keeps to.
                self.take::<4>()?;
                self.members(depth)
            }
            10 => {
                let count = u32::from_be_bytes(self.take()?);
                let mut list = Vec::new();
                for _ in 0..count {
                    list.push(self.value(depth + 1)?);
                }
                Some(Value::List(list))
            }
            // A date: milliseconds and a zone that nobody uses.
            11 => {
                let number = f64::from_be_bytes(self.take()?);
                self.take::<2>()?;
                Some(Value::Number(number))
            }
            12 => {
                let length = u32::from_be_bytes(self.take()?);
                self.text(length as usize).map(Value::Text)
            }
            _ => None,
        }
    }

    fn members(&mut self, depth: u32) -> Option<Value> {
        let mut members = Vec::new();
        loop {
            let length = u16::from_be_bytes(self.take()?);
            let name = self.text(usize::from(length))?;
            if name.is_empty() && self.bytes.first() == Some(&9) {
                self.take::<1>()?;
                return Some(Value::Object(members));
            }
            members.push((name, self.value(depth + 1)?));
        }
    }

    fn text(&mut self, length: usize) -> Option<String> {
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*taken)
    }
}

/// Writes values one after the other. Texts are ours and short.
pub fn write_all(values: &[Value]) -> BytesMut {
    let mut out = BytesMut::with_capacity(256);
    values.iter().for_each(|value| write(&mut out, value));
    out
}

fn write(out: &mut BytesMut, value: &Value) {
    match value {
        Value::Number(number) => {
            out.put_u8(0);
            out.put_f64(*number);
        }
        Value::Boolean(boolean) => out.put_slice(&[1, u8::from(*boolean)]),
        Value::Text(text) => {
            out.put_u8(2);
            write_text(out, text);
        }
        Value::Object(members) => {
            out.put_u8(3);
            for (name, value) in members {
                write_text(out, name);
                write(out, value);
            }
            out.put_slice(&[0, 0, 9]);
        }
        Value::List(list) => {
            out.put_u8(10);
            out.put_u32(list.len() as u32);
            list.iter().for_each(|value| write(out, value));
        }
        Value::Null => out.put_u8(5),
    }
}

fn write_text(out: &mut BytesMut, text: &str) {
    out.put_u16(text.len() as u16);
    out.put_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let values = vec![
            Value::Text("connect".into()),
            Value::Number(1.0),
            Value::Object(vec![
                ("app".into(), Value::Text("live".into())),
                ("audioCodecs".into(), Value::Number(3575.0)),
                ("fpad".into(), Value::Boolean(false)),
                ("list".into(), Value::List(vec![Value::Null])),
            ]),
        ];
        assert_eq!(read_all(&write_all(&values)), Some(values));
    }

    #[test]
    fn four_megabytes_of_nested_lists_are_refused_at_once() {
        let nested = [10, 0, 0, 0, 1].repeat(800_000);
        assert_eq!(read_all(&nested), None);
        let wide = [10, 0xff, 0xff, 0xff, 0xff].into_iter().chain([5; 4_096]).collect::<Vec<u8>>();
        assert_eq!(read_all(&wide), None);
    }

    #[test]
    fn a_value_that_ends_early_is_refused() {
        let whole = write_all(&[Value::Object(vec![("a".into(), Value::Text("b".into()))])]);
        for length in 1..whole.len() {
            assert_eq!(read_all(&whole[..length]), None, "{length} bytes");
        }
    }
}
