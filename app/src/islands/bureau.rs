//! The big screen and the live numbers of the bureau.
