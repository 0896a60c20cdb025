//! What the entries add up to: who may sign, what is complete, what falls due, the state of
//! cases, registers.
//!
//! ```text
//! authority, clear, judge, fault    who may sign, and judging one entry
//! acts                              which acts are complete
//! erasing                           what is erased, and which erasures are complete
//! item                              records as the rest adds them up, at a moment
//! standing                          what stands, and what belongs to it
//! content                           which advice and decisions are on the DPIA that stands
//! lasting                           which record takes the place of an earlier one of its name
//! rules/                            the law's deadlines, and the days they are counted in
//! holding                           whether a hold on erasure still holds
//! remaining                         which risks stay high after the controls
//! withdrawal                        whether a withdrawal of consent is carried out
//! due/                              what falls due
//! linter                            what contradicts itself across records and cases
//! cases/                            in which state a case is, what is missing, what comes next
//! registers/                        the registers that law and policy ask for
//! ```

pub mod acts;
pub mod authority;
pub mod cases;
pub mod clear;
mod content;
pub mod due;
pub mod erasing;
pub mod fault;
pub mod holding;
pub mod item;
pub mod judge;
mod lasting;
pub mod linter;
pub mod registers;
mod remaining;
pub mod rules;
mod standing;
mod withdrawal;

#[cfg(test)]
mod story;
