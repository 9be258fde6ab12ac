#pragma once
// One line over the limit
// that the test sets,
// and nothing else
// is wrong
// with this file.
