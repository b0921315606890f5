//! How wide the columns of a table are.

/// What one column asks for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Want {
    /// So that no word is cut.
    pub(super) least: f32,
    /// So that no line is broken.
    pub(super) natural: f32,
}

/// How often the level is halved until it is exact.
const STEPS: usize = 40;
/// What a column asks for counts up to so many times the whole room.
const MOST: f32 = 6.0;

/// Widths that together are at most `room`: the natural ones where they fit; else the columns that have more to say are
/// narrowed more, down to their longest words; and where even these do not fit, words are cut.
pub(super) fn widths(wants: &[Want], room: f32) -> Vec<f32> {
    let Ok(count) = u16::try_from(wants.len().max(1)) else { return vec![0.0; wants.len()] };
    // One endless word does not take the place of all others.
    let cap = (room * 0.3).max(room / f32::from(count));
    let most = room * MOST;
    let bounded = |want: &Want| Want { least: want.least.min(cap), natural: want.natural.min(most) };
    let wants: Vec<Want> = wants.iter().map(bounded).collect();
    let total = |width: &dyn Fn(&Want) -> f32| wants.iter().map(width).sum::<f32>();
    if total(&|want| want.natural) <= room {
        return wants.iter().map(|want| want.natural).collect();
    }
    let squeezed = total(&|want| want.least) > room;
    let at = |level: f32| {
        move |want: &Want| {
            if squeezed {
                want.least.min(level)
            } else {
                (level * want.natural.sqrt().sqrt()).clamp(want.least, want.natural.max(want.least))
            }
        }
    };
    let (mut low, mut high) = (0.0, most.max(1.0));
    for _ in 0..STEPS {
        let middle = f32::midpoint(low, high);
        if total(&at(middle)) <= room {
            low = middle;
        } else {
            high = middle;
        }
    }
    wants.iter().map(at(low)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn want(least: f32, natural: f32) -> Want {
        Want { least, natural }
    }

    #[test]
    fn what_fits_stands_as_it_is() {
        assert_eq!(widths(&[want(10.0, 50.0), want(20.0, 60.0)], 200.0), [50.0, 60.0]);
        assert_eq!(widths(&[], 200.0), [0.0; 0]);
    }

    #[test]
    fn a_long_column_gives_way_to_short_ones() {
        let given = widths(&[want(30.0, 40.0), want(60.0, 2000.0), want(40.0, 80.0)], 400.0);
        assert!((given[0] - 40.0).abs() < 0.1 && (given[2] - 80.0).abs() < 0.1, "{given:?}");
        assert!(given[1] > 270.0, "{given:?}");
    }

    #[test]
    fn one_endless_word_leaves_room_for_others() {
        let given = widths(&[want(90000.0, 90000.0), want(40.0, 300.0)], 400.0);
        assert!(given[1] > 100.0, "{given:?}");
    }

    proptest! {
        #[test]
        fn columns_never_outgrow_their_room(
            wants in prop::collection::vec((0.0_f32..900.0, 0.0_f32..9000.0), 1..60),
            room in 20.0_f32..600.0,
        ) {
            let wants: Vec<_> = wants.into_iter().map(|(least, more)| want(least, least + more)).collect();
            let given = widths(&wants, room);
            prop_assert_eq!(given.len(), wants.len());
            prop_assert!(given.iter().sum::<f32>() <= room * 1.001);
            prop_assert!(given.iter().all(|width| *width >= 0.0));
        }
    }
}
