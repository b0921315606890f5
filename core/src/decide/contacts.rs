//! How somebody is reached, as they want it: an address is theirs once the code came back that was sent there.

use chrono::{DateTime, TimeDelta, Utc};

use crate::actor::Actor;
use crate::command::ContactCommand;
use crate::directory::reach::{ContactFacts, MISSES_MAX, Waiting};
use crate::directory::{Address, ContactMethod, Directory, DirectoryChange, Origin, Person, PersonalRule, Urgency};
use crate::effect::{CodeFor, Effect};
use crate::ids::{CodeId, Minter};
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::{ContactDone, Reply};

/// How long a code is good, in minutes.
const GOOD_FOR: i64 = 15;
/// How many codes a person may have sent within an hour.
const SENDS_MAX: i64 = 6;
/// Most rules of one urgency.
const RULES_MAX: usize = 20;

/// What is to be committed in one transaction, and what to answer. A refusal may leave something behind: a wrong code counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDecision {
    pub changes: Vec<DirectoryChange>,
    pub effects: Vec<Effect>,
    /// Codes that wait from now on; each takes the place of the one before for the same method.
    pub asked: Vec<Waiting>,
    /// The code that came back.
    pub used: Option<CodeId>,
    /// The method that was proved to lead to its person, and the mark of where it leads.
    pub proved: Option<(ContactMethod, String)>,
    /// Whether a code was wrong.
    pub missed: bool,
    pub reply: Result<Reply, Refusal>,
}

impl ContactDecision {
    fn of(reply: Result<ContactDone, Refusal>) -> Self {
        Self {
            changes: Vec::new(),
            effects: Vec::new(),
            asked: Vec::new(),
            used: None,
            proved: None,
            missed: false,
            reply: reply.map(|done| Reply::Contact { done }),
        }
    }

    fn saved(person: Person, done: ContactDone) -> Self {
        Self { changes: vec![DirectoryChange::PersonSaved(person)], ..Self::of(Ok(done)) }
    }
}

/// Decides what somebody wants of how they are reached.
pub fn decide_contact(
    directory: &Directory,
    facts: &ContactFacts,
    command: &ContactCommand,
    (actor, now): (&Actor, DateTime<Utc>),
    mint: &mut Minter,
) -> ContactDecision {
    let decided = policy::may_change_contacts(actor, directory).and_then(|me| {
        let draft = Draft { directory, facts, me, now };
        match command {
            ContactCommand::Set { method, .. } => draft.set(*method, mint),
            ContactCommand::Confirm { .. } => draft.confirm(),
            ContactCommand::Remove { method } => draft.remove(*method),
            ContactCommand::Order { methods } => draft.order(methods),
            ContactCommand::Rules { urgency, rules } => draft.rules(*urgency, rules),
            ContactCommand::Test { method } => draft.test(*method, mint),
        }
    });
    decided.unwrap_or_else(|refusal| ContactDecision::of(Err(refusal)))
}

/// A decision in the making.
struct Draft<'d> {
    directory: &'d Directory,
    facts: &'d ContactFacts,
    me: &'d Person,
    now: DateTime<Utc>,
}

type Decided = Result<ContactDecision, Refusal>;

impl Draft<'_> {
    fn set(&self, method: ContactMethod, mint: &mut Minter) -> Decided {
        let word = method.word();
        if !self.facts.here.contains(&method) {
            return Err(no(format!("{word} is not configured here; ask an operator to add it under [notify]")));
        }
        let typed = self.facts.typed.as_ref().ok_or_else(|| no(format!("say where {word} leads")))?;
        let home = typed.as_ref().map_err(|why| no(format!("this cannot be an address for {word}: {why}")))?;
        let held = self.facts.homes.get(&method).filter(|held| held.address.mark == home.address.mark);
        if held.is_some_and(|held| held.address.origin == Origin::Chat) {
            return Err(no(format!("{word} leads there already; `/oncall me test {word}` proves it again")));
        }
        self.may_send(&[method])?;
        let waiting = self.waiting(method, (&home.address, CodeFor::Address), mint);
        let effects = vec![Effect::contact_code(&waiting)];
        let (method, address) = (word.to_owned(), home.masked.clone());
        let done = ContactDone::Asked { method, address, minutes: GOOD_FOR };
        Ok(ContactDecision { effects, asked: vec![waiting], ..ContactDecision::of(Ok(done)) })
    }

    /// Codes are sent no more often than somebody who means it needs, so that nobody's telephone rings all day.
    fn may_send(&self, methods: &[ContactMethod]) -> Result<(), Refusal> {
        let count = i64::try_from(methods.len()).unwrap_or(i64::MAX);
        if self.facts.sent.saturating_add(count) > SENDS_MAX {
            return Err(no(format!("you may have {SENDS_MAX} codes sent within an hour; wait, and try again")));
        }
        if let Some(full) = methods.iter().find(|method| self.facts.full.contains(method)) {
            let word = full.word();
            return Err(no(format!(
                "that address for {word} was sent enough codes within an hour; wait, and try again"
            )));
        }
        Ok(())
    }

    fn waiting(&self, method: ContactMethod, (to, why): (&Address, CodeFor), mint: &mut Minter) -> Waiting {
        let until = self.now.checked_add_signed(TimeDelta::minutes(GOOD_FOR)).unwrap_or(self.now);
        let (id, person, to) = (CodeId(mint.uuid()), self.me.id, to.clone());
        Waiting { id, person, method, to, why, asked: self.now, until, misses: 0 }
    }

    fn confirm(&self) -> Decided {
        let good = |held: &&Waiting| held.until > self.now;
        let waiting: Vec<&Waiting> = self.facts.waiting.iter().filter(good).collect();
        let left = waiting.iter().map(|held| MISSES_MAX - held.misses).max();
        let Some(left) = left else {
            let message = "no code waits for you: each works once, and not for long; have a new one sent with `/oncall me \
                           set` or `/oncall me test`";
            return Err(no(message.to_owned()));
        };
        if left <= 0 {
            let message =
                "too many wrong codes were given; have a new one sent with `/oncall me set` or `/oncall me test`";
            return Err(no(message.to_owned()));
        }
        let right = waiting.iter().find(|held| self.facts.given == Some(held.id) && held.misses < MISSES_MAX);
        let Some(right) = right else {
            let refusal = match left - 1 {
                0 => no("this is not the code, and too many were wrong by now; have a new one sent".to_owned()),
                1 => no("this is not the code; you may try once more".to_owned()),
                left => no(format!("this is not the code; you may try {left} times more")),
            };
            return Ok(ContactDecision { missed: true, ..ContactDecision::of(Err(refusal)) });
        };
        match right.why {
            CodeFor::Address => Ok(self.takes(right)),
            CodeFor::Test | CodeFor::Round => self.proves(right),
        }
    }

    /// The address is theirs, and the one before hears it.
    fn takes(&self, right: &Waiting) -> ContactDecision {
        let Waiting { id, method, to, .. } = right;
        let mut person = self.me.clone();
        if !person.contacts.contains(method) {
            person.contacts.push(*method);
        }
        person.addresses.insert(*method, to.clone());
        let before = self.facts.homes.get(method).filter(|before| before.address.mark != to.mark);
        let told = before.map(|before| Effect::tell_replaced(person.id, *method, before.address.clone(), *id));
        let replaced = before.map(|before| before.masked.clone());
        let ruled = |urgency| {
            let told = person.told_by(urgency);
            told.iter().any(|(told, _)| told == method)
        };
        let used = [Urgency::High, Urgency::Low].into_iter().any(ruled);
        let done = ContactDone::Set { method: method.word().to_owned(), replaced, used };
        ContactDecision {
            effects: told.into_iter().collect(),
            used: Some(*id),
            proved: Some((*method, to.mark.clone())),
            ..ContactDecision::saved(person, done)
        }
    }

    fn proves(&self, right: &Waiting) -> Decided {
        let Waiting { id, method, to, .. } = right;
        let word = method.word();
        if self.facts.homes.get(method).is_none_or(|home| home.address.mark != to.mark) {
            return Err(no(format!(
                "{word} leads elsewhere since that code was sent; `/oncall me test {word}` sends another"
            )));
        }
        let done = ContactDone::Proved { method: word.to_owned() };
        let proved = Some((*method, to.mark.clone()));
        Ok(ContactDecision { used: Some(*id), proved, ..ContactDecision::of(Ok(done)) })
    }

    fn remove(&self, method: ContactMethod) -> Decided {
        let (me, word) = (self.me, method.word());
        self.has(method)?;
        let by_file = match me.addresses.get(&method) {
            Some(held) => held.origin == Origin::File,
            None => me.origin == Origin::File,
        };
        if by_file {
            return Err(no(format!(
                "a file gives you {word}; ask an operator to take it out of \"contacts\" in firebell.toml, or leave it out \
                 of your rules: `/oncall me rules`"
            )));
        }
        let mut person = me.clone();
        person.contacts.retain(|held| *held != method);
        person.addresses.remove(&method);
        person.rules.retain(|rule| rule.method != method);
        let reachable = person.contacts.iter().any(|held| person.has_way(*held));
        if let Some(duty) = self.directory.duty_of(me.id).filter(|_| !reachable) {
            return Err(no(format!(
                "{word} is the last way to reach you, and you are needed for {duty}; add another first with `/oncall me set`, \
                 or have somebody else named there"
            )));
        }
        // What nothing here sends by is told nothing.
        let before = self.facts.homes.get(&method).filter(|_| self.facts.here.contains(&method));
        let told = before.map(|before| Effect::tell_removed(me.id, method, before.address.clone(), self.now));
        let done = ContactDone::Removed { method: word.to_owned(), was: before.map(|before| before.masked.clone()) };
        Ok(ContactDecision { effects: told.into_iter().collect(), ..ContactDecision::saved(person, done) })
    }

    fn order(&self, methods: &[ContactMethod]) -> Decided {
        for (at, method) in methods.iter().enumerate() {
            self.has(*method)?;
            if methods.iter().take(at).any(|before| before == method) {
                return Err(no(format!("{} is named twice; name each method once", method.word())));
            }
        }
        let mut person = self.me.clone();
        let rest = self.me.contacts.iter().filter(|held| !methods.contains(held));
        person.contacts = methods.iter().chain(rest).copied().collect();
        person.chosen.order = true;
        let methods = person.contacts.iter().map(|method| method.word().to_owned()).collect();
        Ok(ContactDecision::saved(person, ContactDone::Ordered { methods }))
    }

    fn rules(&self, urgency: Urgency, rules: &[PersonalRule]) -> Decided {
        if rules.len() > RULES_MAX {
            return Err(no(format!("at most {RULES_MAX} rules can be kept")));
        }
        for (at, rule) in rules.iter().enumerate() {
            self.has(rule.method)?;
            if rules.iter().take(at).any(|before| before == rule) {
                return Err(no(format!("\"{rule}\" stands twice; write each rule once")));
            }
        }
        let mut person = self.me.clone();
        person.rules.retain(|held| held.urgency != urgency);
        person.rules.extend(rules);
        // In the order of files.
        person.rules.sort_by_key(|rule| rule.urgency);
        person.chosen.rules = !person.rules.is_empty();
        let shown = rules.iter().map(ToString::to_string).collect();
        Ok(ContactDecision::saved(person, ContactDone::Ruled { urgency: urgency.word().to_owned(), rules: shown }))
    }

    fn test(&self, method: Option<ContactMethod>, mint: &mut Minter) -> Decided {
        let leads = |method: &ContactMethod| self.facts.homes.contains_key(method) && self.facts.here.contains(method);
        if let Some(method) = method {
            self.has(method)?;
            let word = method.word();
            if !method.has_address() {
                return Err(no(format!("{word} is proved by every answer that you give there")));
            }
            if !leads(&method) {
                let message =
                    format!("{word} leads nowhere for you; `/oncall me set {word}` and the address says where");
                return Err(no(message));
            }
        }
        let all = self.me.contacts.iter().copied().filter(leads);
        let methods: Vec<ContactMethod> = method.map_or_else(|| all.collect(), |method| vec![method]);
        if methods.is_empty() {
            return Err(no("no method of yours leads to an address; `/oncall me set` adds one".to_owned()));
        }
        self.may_send(&methods)?;
        let homes = methods.iter().filter_map(|method| Some((*method, self.facts.homes.get(method)?)));
        let asked: Vec<Waiting> =
            homes.map(|(method, home)| self.waiting(method, (&home.address, CodeFor::Test), mint)).collect();
        let effects = asked.iter().map(Effect::contact_code).collect();
        let methods = methods.iter().map(|method| method.word().to_owned()).collect();
        let done = ContactDone::Tested { methods, minutes: GOOD_FOR };
        Ok(ContactDecision { effects, asked, ..ContactDecision::of(Ok(done)) })
    }

    fn has(&self, method: ContactMethod) -> Result<(), Refusal> {
        if self.me.contacts.contains(&method) {
            return Ok(());
        }
        let word = method.word();
        Err(no(format!(
            "you are not reached by {word}; `/oncall me` shows how you are, and `/oncall me set` adds a method"
        )))
    }
}

fn no(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}
