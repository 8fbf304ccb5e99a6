/* SPDX-License-Identifier: MIT */
/* Training the autoencoder: ten steps against PyTorch's (data/vae_steps.py),
   late rows against Adam on all rows to the bit, threads, interruption, and
   data of no size. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/vae_steps.h"
#include "make_data.h"
#include "math/blas.h"
#include "models/vae_private.h"
#include "suite.h"

int openblas_get_num_threads(void);

static struct rec_vae_options defaults(void)
{
    struct rec_vae_options o = {.shape = {0, 3, {5}, 1, 0, 0},
                                .confidence = 2,
                                .dropout = 0.25,
                                .beta = 0.3,
                                .anneal = 5,
                                .rate = 0.05,
                                .batch = 3,
                                .epochs = 5,
                                .seed = 1,
                                .threads = 1};

    return o;
}

static struct rec_vae *make_vae(const struct rec_csr *x,
                                const struct rec_vae_options *o)
{
    struct rec_error err;
    struct rec_vae *t;

    ck_assert_int_eq(rec_vae_new(&t, x, o, &err), 0);
    return t;
}

/* The largest difference, relative to the largest number of its array. */
static double worst_difference(const struct rec_vae_net *a,
                               const struct rec_vae_net *b)
{
    double worst = 0;

    for (int k = 0; k < a->layers * 2; k++) {
        struct rec_vae_layer la = a->layer[k / 2], lb = b->layer[k / 2];
        const float *x = *rec_vae_part(&la, k % 2);
        const float *y = *rec_vae_part(&lb, k % 2);
        double largest = 0, d = 0;

        for (size_t i = 0; i < rec_vae_part_size(&la, k % 2); i++) {
            d = fmax(d, fabs((double)x[i] - (double)y[i]));
            largest = fmax(largest, fabs((double)x[i]));
        }
        worst = fmax(worst, d / largest);
    }
    return worst;
}

static void same_bytes(const struct rec_vae_net *a, const struct rec_vae_net *b)
{
    ck_assert_int_eq(a->layers, b->layers);
    for (int k = 0; k < a->layers * REC_VAE_PARTS; k++) {
        int l = k / REC_VAE_PARTS, part = k % REC_VAE_PARTS;
        struct rec_vae_layer la = a->layer[l], lb = b->layer[l];
        const void *p = *rec_vae_part(&la, part), *q = *rec_vae_part(&lb, part);

        ck_assert(!p == !q);
        if (p) {
            ck_assert_mem_eq(p, q,
                             rec_vae_part_size(&la, part) * sizeof(float));
        }
    }
}

/* ---- ten steps ------------------------------------------------------- */

static int64_t fixed_start[] = {0, 3, 4, 8, 10, 13, 18};
static uint32_t fixed_item[] = {4, 0, 6, 2, 5, 1, 0, 3, 8,
                                6, 7, 4, 1, 0, 2, 3, 5, 8};
static const struct rec_csr fixed = {6,    9,   fixed_start, fixed_item,
                                     NULL, NULL};

static void fixed_parameters(struct rec_vae_net *net)
{
    for (int k = 0; k < net->layers * 2; k++) {
        int l = k / 2, part = k % 2;
        float *p = *rec_vae_part(&net->layer[l], part);

        for (size_t i = 0; i < rec_vae_part_size(&net->layer[l], part); i++) {
            p[i] = (float)(0.3
                           * sin(1.7 * (double)i + 11 * l + 5 * part + 1));
        }
    }
}

/* The batch of STEP: drops and noise by formula. */
static void fixed_batch(struct rec_vae *t, size_t step)
{
    struct rec_vae_batch *b = &t->batch;
    size_t first = step % 2 ? 0 : 3, to = 0, from = 0;
    struct rec_error err;
    float *eps = b->eps;

    ck_assert_int_eq(rec_vae_batch_set(b, &fixed, NULL, first, 3, &err), 0);
    for (size_t r = 0; r < 3; r++) {
        for (size_t k = 0; from < b->start[r + 1]; k++, from++) {
            if ((7 * k + 3 * (first + r) + 5 * step) % 4 != 0) {
                b->item[to] = b->item[from];
                b->value[to++] = b->value[from] / 0.75;
            }
        }
        b->start[r + 1] = to;
    }
    for (size_t i = 0; i < 9; i++) {
        eps[i] = (float)sin(2.3 * (double)i + (double)step);
    }
}

START_TEST(ten_steps)
{
    const double *const right[] = {vae_multinomial, vae_logistic, vae_gaussian,
                                   dae_multinomial, dae_logistic, dae_gaussian};
    struct rec_vae_options o = defaults();
    const double *at = right[_i];
    struct rec_error err;
    struct rec_vae *t;

    o.likelihood = (enum rec_vae_likelihood)(_i % 3);
    o.shape.dae = _i / 3;
    o.decay = 0.01;
    t = make_vae(&fixed, &o);
    fixed_parameters(&t->net);
    for (size_t step = 1; step <= 10; step++) {
        t->nll = t->kl = 0;
        fixed_batch(t, step);
        ck_assert_int_eq(rec_vae_update(t, &err), 0);
    }
    rec_vae_flush(t);
    ck_assert_double_eq_tol(t->nll / 3, at[0], 2e-5);
    ck_assert_double_eq_tol(t->kl / 3, at[1], 2e-5);
    at += 2;
    for (int k = 0; k < t->net.layers * 2; k++) {
        struct rec_vae_layer *y = &t->net.layer[k / 2];
        const float *p = *rec_vae_part(y, k % 2);

        for (size_t i = 0; i < rec_vae_part_size(y, k % 2); i++) {
            ck_assert_double_eq_tol((double)p[i], *at++, 2e-5);
        }
    }
    rec_vae_free(t);
}
END_TEST

/* ---- Adam on all rows ------------------------------------------------ */

enum { USERS = 60, ITEMS = 40 };

/* Users with 0 to 7 of the items, popular ones more often, the last never. */
static struct rec_csr random_rows(void)
{
    struct rec_csr x = {USERS, ITEMS, NULL, NULL, NULL, NULL};
    struct rec_rng rng;
    int64_t n = 0;

    x.start = rec_alloc(USERS + 1, sizeof *x.start);
    x.item = rec_alloc(USERS * 8, sizeof *x.item);
    ck_assert(x.start && x.item);
    rec_rng_init(&rng, 9);
    for (size_t u = 0; u < USERS; u++) {
        uint32_t i = 0;

        x.start[u] = n;
        for (uint64_t k = rec_rng_below(&rng, 8); k > 0; k--) {
            i += 1 + (uint32_t)rec_rng_below(&rng, k < 3 ? 9 : 3);
            if (i < ITEMS - 1) {
                x.item[n++] = i;
            }
        }
    }
    x.start[USERS] = n;
    return x;
}

static void collect(void *ctx, int layer, int part, size_t first, size_t n,
                    const void *grad)
{
    struct rec_vae_net *g = ctx;
    float *to = *rec_vae_part(&g->layer[layer], part);

    memcpy(to + first, grad, n * sizeof *to);
}

/* An update in which every parameter takes its step at once, the rows of items
   that are not in the batch with a gradient of zeros. */
static void update_all(struct rec_vae *t, struct rec_vae_net *g)
{
    struct rec_vae_loss loss = {t->opt.likelihood, t->opt.confidence,
                                rec_vae_beta(t, ++t->step), REC_VAE_MIX};
    struct rec_vae_sink sink = {collect, g, REC_VAE_BOTH};
    struct rec_error err;

    for (int l = 0; l < g->layers; l++) {
        memset(g->layer[l].w, 0, rec_vae_part_size(&g->layer[l], 0) * 4);
    }
    ck_assert_int_eq(rec_vae_batch_turn(&t->batch, &err), 0);
    if (t->opt.sampled) {
        ck_assert_int_eq(rec_vae_sampled_draw(&t->net, &t->sampled, &t->batch,
                                              t->opt.seed, t->step - 1, &err),
                         0);
    }
    rec_vae_forward(&t->net, &t->batch, &t->work, &loss, 1);
    rec_vae_backward(&t->net, &t->batch, &t->work, &loss, &sink, 1);
    for (int k = 0; k < t->net.layers * 2; k++) {
        int l = k / 2, part = k % 2;

        rec_adam_step(&t->adam, REC_F32, t->step, part ? 0 : t->opt.decay,
                      rec_vae_part_size(&t->net.layer[l], part),
                      *rec_vae_part(&t->net.layer[l], part),
                      *rec_vae_part(&t->m.layer[l], part),
                      *rec_vae_part(&t->v.layer[l], part),
                      *rec_vae_part(&g->layer[l], part));
    }
}

START_TEST(late_rows)
{
    struct rec_csr x = random_rows();
    struct rec_vae_options o = defaults();
    struct rec_vae *late, *all;
    struct rec_vae_net g;
    struct rec_error err;

    o.decay = _i % 2 ? 0.01 : 0;
    o.sampled = _i < 2 ? 0 : 5;
    o.batch = 4;
    o.epochs = 8;
    late = make_vae(&x, &o);
    all = make_vae(&x, &o);
    ck_assert_int_eq(rec_vae_net_init(&g, &all->net.shape, REC_F32, &err), 0);
    for (size_t k = 0; k < 100; k++) {
        struct rec_vae *both[] = {late, all};

        for (int s = 0; s < 2; s++) {
            struct rec_vae_batch *b = &both[s]->batch;

            ck_assert_int_eq(
                rec_vae_batch_set(b, &x, NULL, k * 3 % (USERS - 4), 4, &err),
                0);
            rec_vae_batch_drop(b, 0.5, 1, k);
            rec_vae_batch_draw(b, REC_F32, 3, 1, k, 1);
        }
        ck_assert_int_eq(rec_vae_update(late, &err), 0);
        update_all(all, &g);
    }
    ck_assert_uint_lt(late->last[ITEMS - 1], 100); /* some are late */
    for (size_t i = 0, some = 0; i <= ITEMS && o.sampled; i++) {
        ck_assert(i < ITEMS || some > 0);
        some += i < ITEMS && late->last_out[i] < 100;
    }
    rec_vae_flush(late);
    same_bytes(&late->net, &all->net);
    same_bytes(&late->m, &all->m);
    same_bytes(&late->v, &all->v);
    rec_vae_net_release(&g);
    rec_vae_free(late);
    rec_vae_free(all);
    rec_csr_release(&x);
}
END_TEST

/* ---- threads --------------------------------------------------------- */

/* Large enough for more than one thread to be used. */
START_TEST(threads)
{
    enum { MANY = 70 * 10, KINDS = 2000, EACH = 12 };
    static int64_t start[MANY + 1];
    static uint32_t item[MANY * EACH];
    struct rec_csr x = {MANY, KINDS, start, item, NULL, NULL};
    struct rec_vae_options o = defaults();
    struct rec_vae *t[3];
    struct rec_error err;

    for (uint32_t k = 0; k < MANY * EACH; k++) {
        start[k / EACH + 1] = k + 1;
        item[k] = (k / EACH * 29 + k % EACH * (k / EACH % 5 + 1)) % KINDS;
    }
    o.shape = (struct rec_vae_shape){0, 20, {80}, 1, 0, 0};
    o.batch = MANY / 10;
    o.rate = 0.001;
    o.epochs = 1;
    for (int k = 0; k < 3; k++) {
        o.threads = k == 0 ? 1 : 2;
        t[k] = make_vae(&x, &o);
        ck_assert_int_eq(rec_vae_epoch(t[k], &err), 1);
        ck_assert_uint_eq(t[k]->step, 10);
        rec_vae_flush(t[k]);
    }
    ck_assert_double_lt(worst_difference(&t[0]->net, &t[1]->net), 1e-4);
    same_bytes(&t[1]->net, &t[2]->net);
    for (int k = 0; k < 3; k++) {
        rec_vae_free(t[k]);
    }
}
END_TEST

/* A small product takes one thread of BLAS, also after a validation that used
   more: a training that is resumed has none behind it. */
START_TEST(blas_threads)
{
    struct rec_vae_options o = defaults();
    struct rec_error err;
    struct rec_vae *t;

    o.threads = 2;
    t = make_vae(&fixed, &o);
    for (int e = 0; e < 2; e++) {
        rec_blas_threads(2);
        ck_assert_int_eq(rec_vae_epoch(t, &err), 1);
        ck_assert_int_eq(openblas_get_num_threads(), 1);
    }
    rec_vae_free(t);
}
END_TEST

/* ---- interruption ---------------------------------------------------- */

static int count_down(void *ctx)
{
    int *left = ctx;

    return --*left == 0;
}

static void save_checkpoint(struct rec_vae *t, const char *path)
{
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_vae_checkpoint(t, "a 1\nb 2\n", o, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

/* Train to the end; the figures of the epochs are made up. */
static void run(struct rec_vae *t)
{
    static const double figure[] = {0.1, 0.3, 0.2, 0.25, 0.3};
    struct rec_error err;

    while (t->epoch < t->opt.epochs) {
        int rc = rec_vae_epoch(t, &err);

        ck_assert_int_ge(rc, 0);
        if (rc == 0) {
            return;
        }
        ck_assert_int_ge(rec_vae_judged(t, figure[t->epoch - 1], &err), 0);
    }
    rec_vae_flush(t);
}

/* Stopped after update _i % 13 + 1, wherever that is, and begun again; the same
   with a composite prior, of whose five epochs the fourth, updates 10 to 12, is
   that of the decoder, and with a sampled softmax. */
START_TEST(interrupted)
{
    struct rec_csr x = random_rows();
    struct rec_vae_options o = defaults(), stopping;
    struct rec_vae *whole, *part, *rest;
    char *path = make_path();
    struct rec_error err;
    int left = _i % 13 + 1;

    if (_i / 13 == 1) {
        o.shape = (struct rec_vae_shape){0, 3, {5, 5}, 2, 0, 1};
    }
    o.sampled = _i / 13 == 2 ? 7 : 0;
    o.batch = 25;
    stopping = o;
    stopping.stop = count_down;
    stopping.stop_ctx = &left;
    whole = make_vae(&x, &o);
    run(whole);
    part = make_vae(&x, &stopping);
    run(part);
    ck_assert_uint_eq(part->step, (uint64_t)_i % 13 + 1);
    save_checkpoint(part, path);
    rest = make_vae(&x, &o);
    ck_assert_int_eq(rec_vae_resume(rest, "a 1\nb 3\n", path, &err),
                     REC_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "'b 2', not 'b 3'"));
    ck_assert_int_eq(rec_vae_resume(rest, "a 1\nb 2\nc", path, &err),
                     REC_EVALUE);
    ck_assert_int_eq(rec_vae_resume(rest, "a 1\nb 2\n", path, &err), 0);
    run(rest);
    ck_assert_uint_eq(rest->best, 2);
    same_bytes(&rest->kept, &whole->kept);
    same_bytes(&rest->net, &whole->net);
    same_bytes(&rest->m, &whole->m);
    same_bytes(&rest->v, &whole->v);
    same_bytes(&rest->old, &whole->old);
    ck_assert_mem_eq(rest->report, whole->report,
                     5 * sizeof *whole->report);
    drop_path(path);
    rec_vae_free(whole);
    rec_vae_free(part);
    rec_vae_free(rest);
    rec_csr_release(&x);
}
END_TEST

/* ---- small things ---------------------------------------------------- */

START_TEST(ramps)
{
    struct rec_vae_options o = defaults();
    struct rec_vae *t;

    o.anneal = 0.5; /* of 2 batches in 5 epochs: 5 updates */
    o.anneal_share = 1;
    t = make_vae(&fixed, &o);
    ck_assert_double_eq_tol(rec_vae_beta(t, 1), 0.06, 1e-15);
    ck_assert_double_eq_tol(rec_vae_beta(t, 4), 0.24, 1e-15);
    ck_assert(rec_vae_beta(t, 5) == 0.3);
    ck_assert(rec_vae_beta(t, 6) == 0.3);
    t->opt.anneal = 0;
    ck_assert(rec_vae_beta(t, 1) == 0.3);
    t->opt.anneal_share = 0;
    t->opt.anneal = 10;
    ck_assert_double_eq_tol(rec_vae_beta(t, 1), 0.03, 1e-15);
    rec_vae_free(t);
    ck_assert_uint_eq(rec_vae_default_batch(0), 10);
    ck_assert_uint_eq(rec_vae_default_batch(2510), 100);
    ck_assert_uint_eq(rec_vae_default_batch(100000), 500);
}
END_TEST

START_TEST(drops)
{
    enum { ROWS = 4000 };
    struct rec_csr x = {1, 50, NULL, NULL, NULL, NULL};
    uint32_t item[50], user[ROWS] = {0};
    int64_t start[2] = {0, 50};
    struct rec_vae_batch b;
    struct rec_error err;
    double sum = 0, squares = 0;
    float eps[2 * 50];
    size_t kept = 0;

    for (uint32_t i = 0; i < 50; i++) {
        item[i] = i;
    }
    x.start = start;
    x.item = item;
    ck_assert_int_eq(rec_vae_batch_init(&b, 50, &err), 0);
    b.eps = eps;
    for (uint64_t epoch = 0; epoch < ROWS; epoch++) {
        ck_assert_int_eq(rec_vae_batch_set(&b, &x, user, 0, 1, &err), 0);
        rec_vae_batch_drop(&b, 0.3, 5, epoch);
        rec_vae_batch_draw(&b, REC_F32, 49, 5, epoch, 1);
        kept += b.start[1];
        for (size_t k = 0; k < 49; k++) {
            sum += (double)eps[k];
            squares += (double)eps[k] * (double)eps[k];
        }
        if (b.start[1] > 0) {
            ck_assert_double_eq_tol(b.value[0], 1 / sqrt(50) / 0.7, 1e-12);
        }
    }
    /* Five standard errors. */
    ck_assert_double_eq_tol((double)kept / 50 / ROWS, 0.7, 0.0052);
    ck_assert_double_eq_tol(sum / 49 / ROWS, 0, 0.0113);
    ck_assert_double_eq_tol(squares / 49 / ROWS, 1, 0.016);
    rec_vae_batch_release(&b);
}
END_TEST

/* A row as it is and repeated: without regularisation what is learnt is its
   distribution, and the loss its entropy. */
START_TEST(one_user)
{
    struct rec_csr x = {1, 6, fixed_start, fixed_item, NULL, NULL};
    struct rec_vae_options o = defaults();
    struct rec_error err;
    struct rec_vae *t;

    o.beta = 0;
    o.dropout = 0;
    o.shape.n_hidden = 0;
    o.epochs = 300;
    x.cols = 7;
    t = make_vae(&x, &o);
    while (t->epoch < o.epochs) {
        ck_assert_int_eq(rec_vae_epoch(t, &err), 1);
    }
    ck_assert_double_eq_tol(rec_vae_report(t, 299)->nll, 3 * log(3), 0.02);
    rec_vae_free(t);
}
END_TEST

START_TEST(nothing)
{
    int64_t none[3] = {0, 0, 0};
    uint32_t zero = 0;
    const struct rec_csr x[] = {{0, 0, none, &zero, NULL, NULL},
                                {2, 3, none, &zero, NULL, NULL}};
    struct rec_vae_options o = defaults();
    struct rec_error err;

    for (int k = 0; k < 2; k++) {
        struct rec_vae *t = make_vae(&x[k], &o);

        ck_assert_int_eq(rec_vae_epoch(t, &err), 1);
        ck_assert_uint_eq(t->step, 0);
        ck_assert(rec_vae_report(t, 0)->nll == 0);
        rec_vae_free(t);
    }
}
END_TEST

START_TEST(refused)
{
    struct rec_data twice = make_data("a x y; b z x");
    struct rec_data weighted = make_data("a x=1 y=0.5; b z=2");
    struct rec_data negative = make_data("a x=1 y=-1");
    struct rec_vae_options o = defaults();
    struct rec_error err;
    struct rec_vae *t;

    twice.rows.item[1] = twice.rows.item[0];
    ck_assert_int_eq(rec_vae_new(&t, &twice.rows, &o, &err), REC_EREPEAT);
    ck_assert_int_eq(rec_vae_new(&t, &negative.rows, &o, &err), REC_EVALUE);
    rec_vae_free(make_vae(&weighted.rows, &o));
    o.likelihood = REC_VAE_LOGISTIC;
    ck_assert_int_eq(rec_vae_new(&t, &weighted.rows, &o, &err), REC_EVALUE);
    o.binary = 1;
    rec_vae_free(make_vae(&weighted.rows, &o));
    rec_data_release(&twice);
    rec_data_release(&weighted);
    rec_data_release(&negative);
}
END_TEST

START_TEST(not_a_number)
{
    struct rec_vae_options o = defaults();
    struct rec_error err;
    struct rec_vae *t;
    int rc = 1;

    o.rate = 1e30;
    t = make_vae(&fixed, &o);
    for (int e = 0; e < 5 && rc == 1; e++) {
        rc = rec_vae_epoch(t, &err);
    }
    ck_assert_int_eq(rc, REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "of 2: the loss is not a number"));
    ck_assert_ptr_nonnull(strstr(err.text, "rate below 1e+30"));
    rec_vae_free(t);

    t = make_vae(&fixed, &o); /* in the last update of a run */
    ((float *)t->net.layer[1].b)[2] = NAN;
    ck_assert_int_eq(rec_vae_save(t, NULL, NULL, 0, NULL, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "rate below 1e+30"));
    rec_vae_free(t);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("vae_train");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, ten_steps, 0, 6);
    tcase_add_loop_test(t, late_rows, 0, 4);
    tcase_add_test(t, threads);
    tcase_add_test(t, blas_threads);
    tcase_add_loop_test(t, interrupted, 0, 39);
    tcase_add_test(t, ramps);
    tcase_add_test(t, drops);
    tcase_add_test(t, one_user);
    tcase_add_test(t, nothing);
    tcase_add_test(t, refused);
    tcase_add_test(t, not_a_number);
    return suite_end("vae_train", t);
}
