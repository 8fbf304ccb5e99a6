/* SPDX-License-Identifier: MIT */
/* The text reader: formats, headers, fields, numbers, times, blocks. */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/textin.h"
#include "suite.h"

static char path[64];

static void make_file(const char *text, size_t n)
{
    int fd;

    snprintf(path, sizeof path, "%s", "/tmp/check_textin.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
    close(fd);
}

/* The events of TEXT read with O, one "user|item|weight|time;" each, or
   "!reason;" for a bad line; or the reason why it cannot be opened. */
static char *read_bytes(const char *text, size_t len,
                        const struct rec_text_options *o)
{
    struct rec_buf out = {NULL, 0, 0};
    struct rec_text_block b;
    struct rec_error err;
    struct rec_text *t;

    make_file(text, len);
    ck_assert_int_eq(rec_buf_add(&out, "", 0), 0);
    if (rec_text_open(&t, path, o, NULL, &err) != 0) {
        const char *why = strchr(err.text, ':'); /* behind the path */

        ck_assert_int_eq(rec_buf_addf(&out, "%s", why ? why : err.text), 0);
        unlink(path);
        return out.data;
    }
    while (rec_text_next(t, &b, &err) == 1) {
        const char *p = b.cut[0], *end = b.cut[b.pieces];
        const struct rec_text_layout *l = rec_text_layout(t);
        char *room = malloc((size_t)(end - p)), *at = room;

        while (p < end) {
            struct rec_text_event ev;
            uint64_t lines;
            size_t n;
            const char *line = p;

            p = rec_text_line(l, p, end, b.quotes, &n, &lines);
            if (n == 0) {
                ck_assert_int_eq(rec_buf_addf(&out, "empty;"), 0);
                continue;
            }
            if (rec_text_parse(l, line, n, b.quotes, &at, &ev, &err) != 0) {
                ck_assert_int_eq(rec_buf_addf(&out, "!%s;", err.text), 0);
                continue;
            }
            do {
                if (l->format == REC_TEXT_ADJ
                    && !rec_text_item(&ev.more, &ev.item)) {
                    break;
                }
                ck_assert_int_eq(
                    rec_buf_addf(&out, "%.*s|%.*s|%.9g|%lld;", (int)ev.user.n,
                                 ev.user.p, (int)ev.item.n, ev.item.p,
                                 (double)ev.weight, (long long)ev.time),
                    0);
            } while (l->format == REC_TEXT_ADJ);
        }
        free(room);
    }
    rec_text_close(t);
    unlink(path);
    return out.data;
}

static void expect(const char *text, const struct rec_text_options *o,
                   const char *want)
{
    static const struct rec_text_options none;
    char *got = read_bytes(text, strlen(text), o ? o : &none);

    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(formats_are_guessed)
{
    expect("a,b,2,3\n", NULL, "a|b|2|3;");
    expect("a\tb\t2\t3\n", NULL, "a|b|2|3;");
    expect("a::b::2::3\n", NULL, "a|b|2|3;");
    expect("{\"user\":\"a\",\"item\":\"b\",\"rating\":2,\"time\":3}\n", NULL,
           "a|b|2|3;");
    expect("a b c\nd e\n", NULL, "a|b|1|0;a|c|1|0;d|e|1|0;");
    /* The item of an event is its heading's, which has no user. */
    expect("7:\na,2,1970-01-01\nb:\r\n:\n", NULL,
           "|7|1|0;a||2|0;|b|1|0;||1|0;");
    expect("\"a\tb\",c\n", NULL, "a\tb|c|1|0;");
    expect("a;b\n", NULL,
           ":1: cannot tell the format of the text; use --format, "
           "or --delimiter ';'");
    expect("word\n", NULL,
           ":1: cannot tell the format of the text; use --format, "
           "or --delimiter");
    expect("\x89RPS\r\n\x1a\n", NULL,
           ": a recpipe stream where text is expected");
}
END_TEST

START_TEST(line_ends)
{
    expect("a,b\r\nc,d\r\n", NULL, "a|b|1|0;c|d|1|0;");
    expect("a,b\n\n\r\nc,d", NULL, "a|b|1|0;empty;empty;c|d|1|0;");
    expect("\xef\xbb\xbf" "a,b\nc,d\r", NULL, "a|b|1|0;c|d|1|0;");
    expect("", NULL, "");
    expect("\n\n", NULL, "");
    expect("\n\nx\n", NULL,
           ":3: cannot tell the format of the text; use --format, "
           "or --delimiter");
}
END_TEST

START_TEST(quoted_fields)
{
    expect("\"a\",\"b,\"\"c\"\"\",2\n", NULL, "a|b,\"c\"|2|0;");
    expect("\"a\nb\",c\nd,\"e\r\n\nf\"\r\n", NULL,
           "a\nb|c|1|0;d|e\r\n\nf|1|0;");
    expect("a,b\nc,\"d\n", NULL, "a|b|1|0;!a quoted field is not closed;");
    expect("a,b\nc,\"d\"e\n", NULL, "a|b|1|0;!text after a closing quote;");
    expect("a,b\nc,d\"e\n", NULL,
           "a|b|1|0;!a quote inside an unquoted field;");
    expect("a,b\n\"\"\"\",\"\"\"\"\"\"\n", NULL, "a|b|1|0;\"|\"\"|1|0;");
    expect("\"a\"\tb\"\n", &(struct rec_text_options){.format = REC_TEXT_TSV},
           "\"a\"|b\"|1|0;");
    expect("\"a;\";b\n", &(struct rec_text_options){.delimiter = ';'},
           "a;|b|1|0;");
}
END_TEST

START_TEST(double_colons)
{
    expect("a:b::c:d::1\n", NULL, "a:b|c:d|1|0;");
    expect("a::b\nc:::d\n", NULL, "a|b|1|0;c|:d|1|0;");
    expect("a::b\nc:d\n", NULL, "a|b|1|0;!1 fields, the first line has 2;");
}
END_TEST

START_TEST(headers)
{
    struct rec_text_options no = {.header = REC_HEADER_NO};
    struct rec_text_options yes = {.header = REC_HEADER_YES};

    expect("user\titem\nuser\titem\n", NULL, "user|item|1|0;");
    expect("userId,movieId,rating,timestamp\n1,2,3,4\n", NULL, "1|2|3|4;");
    expect("Timestamp,Title,ITEM_ID,User_Id\n4,x,2,1\n", NULL, "1|2|1|4;");
    expect("\n\"item\",\"user\"\r\nb,a\n", NULL, "a|b|1|0;");
    expect("user,item\na,b\n", &no, "user|item|1|0;a|b|1|0;");
    expect("who,what\na,b\n", &yes, "a|b|1|0;");
    expect("who,what\na,b\n", NULL, "who|what|1|0;a|b|1|0;");
    expect("userId,sku\na,b\n", &yes,
           ":1: the header 'userId,sku' names no item column; use "
           "--columns=user=NAME,item=NAME");
    expect("user,sku\na,b\n", NULL,
           ":1: the header 'user,sku' names no item column; use "
           "--columns=user=NAME,item=NAME");
    expect("user,sku\na,b\n", &no, "user|sku|1|0;a|b|1|0;");
    expect("user,item,rating,score\n", NULL,
           ":1: the header 'user,item,rating,score' names more than one "
           "weight column; use --columns=user=NAME,item=NAME");
    expect("1,2,3,2013-01-01T00:00:00Z\n", NULL,
           "!time '2013-01-01T00:00:00Z' is a date; use --time-format=iso;");
}
END_TEST

START_TEST(columns_by_their_names)
{
    struct rec_text_options o = {.columns = "item=sku,user=who is it"};
    struct rec_text_options all = {.columns = "time=t,weight=w,item=i,user=u"};
    struct rec_text_options no = {.columns = "user=a,item=b",
                                  .header = REC_HEADER_NO};
    struct rec_text_options twice = {.columns = "user=a,user=b"};
    struct rec_text_options part = {.columns = "user=a,sku"};
    struct rec_text_options empty = {.columns = "user=,item=b"};
    struct rec_text_options one = {.columns = "user=a"};

    expect("when,sku,who is it\n1,2,3\n", &o, "3|2|1|0;");
    expect("u\ti\tw\tt\na\tb\t2\t3\n", &all, "a|b|2|3;");
    expect("{\"t\":3,\"u\":\"a\",\"w\":2,\"i\":\"b\"}\n", &all, "a|b|2|3;");
    expect("when,SKU,who is it\n1,2,3\n", &o,
           ":1: the header 'when,SKU,who is it' names no sku column; use "
           "--columns=user=NAME,item=NAME");
    expect("sku,sku,who is it\n1,2,3\n", &o,
           ":1: the header 'sku,sku,who is it' names more than one sku column; "
           "use --columns=user=NAME,item=NAME");
    expect("a,b\n", &no, ": there is no header with names");
    expect("a,b\n", &twice, ": 'user' is given twice");
    expect("a,b\n", &part,
           ": 'sku' is not one of user=NAME, item=NAME, "
           "weight=NAME, time=NAME");
    expect("a,b\n", &empty,
           ": 'user=' is not one of user=NAME, item=NAME, "
           "weight=NAME, time=NAME");
    expect("a,b\n", &one, ": user and item are needed");
}
END_TEST

START_TEST(columns)
{
    struct rec_text_options o = {.columns = "time,-,item,user"};

    expect("4,x,2,1\n", &o, "1|2|1|4;");
    expect("user,item,a,b\n4,x,2,1\n", &o, "1|2|1|4;");
    expect("4,x,2,1,y\n", &o, "1|2|1|4;");
    expect("4,x,2\n", &o, ":1: 3 fields, at least 4 expected");
    o.columns = "user,user";
    expect("a,b\n", &o, ": 'user' is given twice");
    o.columns = "user,thing";
    expect("a,b\n", &o,
           ": 'thing' is not one of user, item, weight, time, -, nor "
           "ROLE=NAME as in user=thing,item=...");
    o.columns = "user,-";
    expect("a,b\n", &o, ": user and item are needed");
    expect("a,b,1\nc,d\ne,f,1,2\n", NULL,
           "a|b|1|0;!2 fields, the first line has 3;"
           "!4 fields, the first line has 3;");
}
END_TEST

START_TEST(weights)
{
    expect("a,b,.5\na,b,-2e1\na,b,0.1\na,b,1.0\n", NULL,
           "a|b|0.5|0;a|b|-20|0;a|b|0.100000001|0;a|b|1|0;");
    /* the greatest float, as it is written with nine digits */
    expect("a,b,3.40282347e+38\na,b,-3.40282347e+38\na,b,3.4028236e38\n",
           NULL,
           "a|b|3.40282347e+38|0;a|b|-3.40282347e+38|0;"
           "!weight '3.4028236e38' is too large for a float;");
    expect("a,b,nan\na,b,inf\na,b,\na,b,1e39\na,b, 1\na,b,0x1\n", NULL,
           "!weight 'nan' is not a number;!weight 'inf' is not a number;"
           "!the weight is empty;!weight '1e39' is too large for a float;"
           "!weight ' 1' is not a number;!weight '0x1' is not a number;");
}
END_TEST

START_TEST(json_lines)
{
    expect("{\"user\":\"a\",\"item\":7}\n"
           " { \"item\" : \"\\u00e9\\u20AC\\uD83D\\uDE00\\\"\\\\\\/\" ,"
           " \"x\":[1,{\"user\":[\"]\"]}], \"user\":0x }\n",
           NULL,
           "a|7|1|0;!not a JSON object: ',' or '}' is missing;");
    expect("{\"user\":\"a\",\"item\":7}\n"
           " { \"item\" : \"\\u00e9\\u20AC\\uD83D\\uDE00\\\"\\\\\\/\" ,"
           " \"x\":[1,{\"user\":[\"]\"]}], \"user\":01e5, \"y\":null }\r\n",
           NULL, "a|7|1|0;01e5|\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\\/|1|0;");
    expect("{\"user\":1,\"item\":2}\n{\"user\":1}\n{\"user\":1,\"item\":null}\n"
           "{\"user\":1,\"item\":2,\"score\":3}\n{\"user\":1,\"user\":1}\n"
           "{}\n{\"user\":\"\\ud800\"}\n{\"user\":\"\\q\"}\n{\"user\n"
           "{\"user\":1,\"item\":2}x\n{\"x\":[}\n{\"x\":-}\n[1]\n",
           NULL,
           "1|2|1|0;!no key for the item among 'user';"
           "!the item is neither a string nor a number;"
           "!a weight, the first line has none;!two keys for the user;"
           "!no key for the user among '';"
           "!not a JSON object: an unknown escape in a string;"
           "!not a JSON object: an unknown escape in a string;"
           "!not a JSON object: a string is not closed;"
           "!not a JSON object: text after its end;"
           "!not a JSON object: brackets do not match;"
           "!not a JSON object: a malformed number;"
           "!not a JSON object: it does not begin with '{';");
    expect("{\"u\":1,\"i\":2,\"t\":3,\"user\":9}\n",
           &(struct rec_text_options){.columns = "u,i,-,t"}, "1|2|1|3;");
    expect("{\"u\":1}\n", &(struct rec_text_options){.columns = "u,i"},
           "!no key 'i' among 'u';");
    expect("{\"u\":1}\n", NULL, ":1: no key for the user among 'u'; use "
           "--columns=user=KEY,item=KEY");
}
END_TEST

static int64_t when(const char *s, int format)
{
    int64_t v = -424242;

    return rec_parse_time(s, strlen(s), format, &v) == 0 ? v : -424242;
}

START_TEST(times)
{
    static const struct {
        const char *text;
        int64_t want;
    } iso[] = {
        {"1970-01-01", 0},
        {"2013-04-03T22:38:27Z", 1365028707},
        {"2013-04-03 22:38:27.999", 1365028707},
        {"2013-04-04T00:38:27+02:00", 1365028707},
        {"2013-04-03T18:08:27-0430", 1365028707},
        {"2013-04-03T22:38", 1365028680},
        {"2000-02-29", 951782400},
        {"1969-12-31T23:59:59Z", -1},
        {"0001-01-01", -62135596800},
        {"9999-12-31T23:59:60Z", 253402300800},
        {"2013-02-29", -424242},
        {"1900-02-29", -424242},
        {"2013-04-03T24:00", -424242},
        {"2013-04-03T", -424242},
        {"2013-04-03T10", -424242},
        {"2013-04-03T10:00:00.", -424242},
        {"2013-04-03T10:00+2", -424242},
        {"2013-04-03T10:00+02:", -424242},
        {"2013-04-03T10:00ZZ", -424242},
        {"2013-4-3", -424242},
        {"0000-01-01", -424242},
        {"2013-13-01", -424242},
        {"", -424242}};

    for (size_t i = 0; i < sizeof iso / sizeof *iso; i++) {
        int64_t got = when(iso[i].text, REC_TIME_ISO);

        ck_assert_msg(got == iso[i].want, "%s: %lld", iso[i].text,
                      (long long)got);
    }
    ck_assert_int_eq(when("1999", REC_TIME_MS), 1);
    ck_assert_int_eq(when("-1", REC_TIME_MS), -1);
    ck_assert_int_eq(when("-1000", REC_TIME_MS), -1);
    ck_assert_int_eq(when("9223372036854775807", REC_TIME_UNIX), INT64_MAX);
    ck_assert_int_eq(when("9223372036854775808", REC_TIME_UNIX), -424242);
    ck_assert_int_eq(when("1.5", REC_TIME_UNIX), -424242);
}
END_TEST

/* Many lines of mixed lengths, some quoted over several lines, so that cuts
   fall everywhere; all must come back, in order, in whole lines. */
START_TEST(blocks_hold_whole_lines)
{
    static const struct rec_text_options none;
    struct rec_buf text = {NULL, 0, 0};
    struct rec_text_block b;
    struct rec_error err;
    struct rec_text *t;
    size_t seen = 0, blocks = 0, pieces = 0;

    for (int i = 0; i < 300000; i++) {
        int rc = i % 7 == 3 && _i
                     ? rec_buf_addf(&text, "\"u\n\"\"%d\",%d,1\n", i, i * 7)
                     : rec_buf_addf(&text, "u%d,%d,1\n", i, i);

        ck_assert_int_eq(rc, 0);
    }
    make_file(text.data, text.len);
    ck_assert_int_eq(rec_text_open(&t, path, &none, NULL, &err), 0);
    ck_assert_int_eq(rec_text_left(t), (int64_t)text.len);
    while (rec_text_next(t, &b, &err) == 1) {
        blocks++;
        for (size_t i = 0; i < b.pieces; i++) {
            size_t n = (size_t)(b.cut[i + 1] - b.cut[i]);

            ck_assert_int_eq(memcmp(b.cut[i], text.data + seen, n), 0);
            ck_assert(*b.cut[i] == 'u' || *b.cut[i] == '"');
            ck_assert_int_eq(memcmp(b.cut[i + 1] - 3, ",1\n", 3), 0);
            seen += n;
            pieces++;
        }
    }
    ck_assert_uint_eq(seen, text.len);
    ck_assert_uint_gt(blocks, 4);
    ck_assert_uint_gt(pieces, blocks);
    rec_text_close(t);
    rec_buf_release(&text);
    unlink(path);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("all");

    tcase_add_test(c, formats_are_guessed);
    tcase_add_test(c, line_ends);
    tcase_add_test(c, quoted_fields);
    tcase_add_test(c, double_colons);
    tcase_add_test(c, headers);
    tcase_add_test(c, columns);
    tcase_add_test(c, columns_by_their_names);
    tcase_add_test(c, weights);
    tcase_add_test(c, json_lines);
    tcase_add_test(c, times);
    tcase_add_loop_test(c, blocks_hold_whole_lines, 0, 2);
    return suite_end("textin", c);
}
