/* SPDX-License-Identifier: MIT */
/* Times from text: Unix seconds, milliseconds, ISO 8601. */
#include <config.h>

#include "base/number.h"
#include "io/textin.h"

/* Days from 1970-01-01 to a date of the Gregorian calendar, after Howard
   Hinnant's "chrono-Compatible Low-Level Date Algorithms": years begin in
   March, so that the leap day is the last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - (month <= 2), m = (month + 9) % 12;
    int64_t days = 365 * y + y / 4 - y / 100 + y / 400;

    return days + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int month_days(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30,
                               31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

struct scan {
    const char *p, *end;
};

static int eat(struct scan *s, char c)
{
    int yes = s->p < s->end && *s->p == c;

    s->p += yes;
    return yes;
}

/* Exactly DIGITS digits, at most MAX. Returns 1, or 0 and does not move. */
static int eat_number(struct scan *s, int digits, int64_t max, int64_t *out)
{
    int64_t v = 0;

    if (s->end - s->p < digits) {
        return 0;
    }
    for (int i = 0; i < digits; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') {
            return 0;
        }
        v = v * 10 + (s->p[i] - '0');
    }
    if (v > max) {
        return 0;
    }
    s->p += digits;
    *out = v;
    return 1;
}

/* hh:mm, hh:mm:ss, hh:mm:ss.fraction (dropped) */
static int eat_clock(struct scan *s, int64_t *out)
{
    int64_t hour, minute, second = 0, digit;

    if (!eat_number(s, 2, 23, &hour) || !eat(s, ':')
        || !eat_number(s, 2, 59, &minute)) {
        return 0;
    }
    if (eat(s, ':')) {
        if (!eat_number(s, 2, 60, &second)) {
            return 0;
        }
        if (eat(s, '.')) {
            if (!eat_number(s, 1, 9, &digit)) {
                return 0;
            }
            while (eat_number(s, 1, 9, &digit)) {
            }
        }
    }
    *out = hour * 3600 + minute * 60 + second;
    return 1;
}

/* Z, +hh, +hh:mm, +hhmm, or nothing: UTC */
static int eat_zone(struct scan *s, int64_t *out)
{
    int64_t hour, minute = 0, sign;

    *out = 0;
    if (s->p == s->end || eat(s, 'Z')) {
        return 1;
    }
    sign = eat(s, '-') ? -1 : 1;
    if ((sign > 0 && !eat(s, '+')) || !eat_number(s, 2, 23, &hour)) {
        return 0;
    }
    if (eat(s, ':') || s->p < s->end) {
        if (!eat_number(s, 2, 59, &minute)) {
            return 0;
        }
    }
    *out = sign * (hour * 3600 + minute * 60);
    return 1;
}

static int parse_iso(const char *text, size_t n, int64_t *out)
{
    struct scan s = {text, text + n};
    int64_t year, month, day, clock = 0, zone = 0;

    if (!eat_number(&s, 4, 9999, &year) || !eat(&s, '-')
        || !eat_number(&s, 2, 12, &month) || !eat(&s, '-')
        || !eat_number(&s, 2, 31, &day) || year == 0 || month == 0
        || day == 0 || day > month_days(year, month)) {
        return -1;
    }
    if (s.p < s.end) {
        if ((!eat(&s, 'T') && !eat(&s, ' ')) || !eat_clock(&s, &clock)
            || !eat_zone(&s, &zone)) {
            return -1;
        }
    }
    if (s.p != s.end) {
        return -1;
    }
    *out = days_of(year, month, day) * 86400 + clock - zone;
    return 0;
}

int rec_parse_time(const char *s, size_t n, int format, int64_t *out)
{
    int64_t v;

    if (format == REC_TIME_ISO) {
        return parse_iso(s, n, out);
    }
    if (rec_parse_int(s, n, INT64_MIN, INT64_MAX, &v) != 0) {
        return -1;
    }
    if (format == REC_TIME_MS) {
        v = v / 1000 - (v % 1000 < 0); /* rounded down */
    }
    *out = v;
    return 0;
}
