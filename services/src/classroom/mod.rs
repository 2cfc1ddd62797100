//! The classroom: progress, proxy and paper reports, corrections, exports.
