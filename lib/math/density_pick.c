/* SPDX-License-Identifier: MIT */
/* From the minimum spanning tree to clusters: the tree of unions, the tree of
   clusters of at least LEAST vectors with their stabilities, and the choice of
   the most stable (excess of mass; Campello et al., 2015, sections 4 and 5).
   Unions of one length are one union of many. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/density_private.h"

struct node { /* of the tree of unions: N + k is what edge k unites */
    uint32_t a, b;
    uint32_t size;
    double far;
};

struct branch { /* a cluster that may be chosen */
    uint32_t parent;
    double born, died; /* 1/d */
    double stability, below; /* its own; the best of what came of it */
    int chosen;
    uint32_t label; /* of itself or what it is in; 0: noise */
};

struct pick {
    size_t n, least;
    struct node *node;     /* n - 1 */
    struct branch *branch; /* the first is all */
    size_t branches;
    uint32_t *left;  /* n: the branch that the vector left ... */
    double *lambda;  /* ... at this 1/d */
    uint32_t *stack; /* 2n: nodes, branches */
    uint32_t *open;  /* n: parts of the union at hand, and of them */
};

/* ---- unions ----------------------------------------------------------- */

static int by_length(const void *pa, const void *pb)
{
    const struct rec_edge *x = pa, *y = pb;

    if (x->far < y->far || x->far > y->far) {
        return x->far < y->far ? -1 : 1;
    }
    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    return (x->b > y->b) - (x->b < y->b);
}

static uint32_t size_of(const struct pick *p, uint32_t node)
{
    return node < p->n ? 1 : p->node[node - p->n].size;
}

/* PARENT and NAME have room for n: sets, and the node that each is. */
static void unite(struct pick *p, struct rec_edge *edge, uint32_t *parent,
                  uint32_t *name)
{
    qsort(edge, p->n - 1, sizeof *edge, by_length);
    for (uint32_t i = 0; i < p->n; i++) {
        parent[i] = name[i] = i;
    }
    for (size_t k = 0; k + 1 < p->n; k++) {
        uint32_t a = edge[k].a, b = edge[k].b;
        struct node *m = &p->node[k];

        while (parent[a] != a) {
            a = parent[a] = parent[parent[a]];
        }
        while (parent[b] != b) {
            b = parent[b] = parent[parent[b]];
        }
        *m = (struct node){name[a], name[b], 0, edge[k].far};
        m->size = size_of(p, m->a) + size_of(p, m->b);
        if (size_of(p, name[a]) < size_of(p, name[b])) {
            uint32_t t = a;

            a = b;
            b = t;
        }
        parent[b] = a;
        name[a] = (uint32_t)(p->n + k);
    }
}

/* ---- branches --------------------------------------------------------- */

/* All of NODE leaves BRANCH at LAMBDA. */
static void leave(struct pick *p, uint32_t node, uint32_t branch,
                  double lambda, uint32_t *stack)
{
    size_t top = 0;

    stack[top++] = node;
    while (top > 0) {
        uint32_t at = stack[--top];

        if (at < p->n) {
            p->left[at] = branch;
            p->lambda[at] = lambda;
        } else {
            stack[top++] = p->node[at - p->n].a;
            stack[top++] = p->node[at - p->n].b;
        }
    }
}

/* The parts that NODE falls into when all edges of its length go: into OPEN;
   how many. */
static size_t parts_of(const struct pick *p, uint32_t node, uint32_t *open)
{
    double far = p->node[node - p->n].far;
    size_t parts = 1, done = 0;

    open[0] = node;
    while (done < parts) {
        uint32_t at = open[done];

        if (at >= p->n && !(p->node[at - p->n].far < far)) {
            open[done] = p->node[at - p->n].a;
            open[parts++] = p->node[at - p->n].b;
        } else {
            done++;
        }
    }
    return parts;
}

static uint32_t new_branch(struct pick *p, uint32_t parent, double born)
{
    p->branch[p->branches] =
        (struct branch){.parent = parent, .born = born, .died = born};
    return (uint32_t)p->branches++;
}

/* NODE, all that is left of BRANCH, falls apart. What goes on is pushed on the
   stack, of which TOP are used; how many are then. */
static size_t fall_apart(struct pick *p, uint32_t node, uint32_t branch,
                         size_t top)
{
    size_t parts = parts_of(p, node, p->open), large = 0;
    double lambda = 1 / sqrt(p->node[node - p->n].far);
    struct branch *b = &p->branch[branch];
    uint32_t gone = 0;

    for (size_t i = 0; i < parts; i++) {
        large += size_of(p, p->open[i]) >= p->least;
    }
    for (size_t i = 0; i < parts; i++) {
        uint32_t size = size_of(p, p->open[i]);

        if (size < p->least) {
            leave(p, p->open[i], branch, lambda, p->stack + top);
        } else {
            p->stack[top++] = p->open[i];
            p->stack[top++] =
                large == 1 ? branch : new_branch(p, branch, lambda);
        }
        gone += size < p->least || large > 1 ? size : 0;
    }
    if (gone > 0) {
        b->stability += gone * (lambda - b->born);
        b->died = lambda;
    }
    return top;
}

/* Down from the top. A part on the stack has vectors enough to be a node. */
static void grow_branches(struct pick *p)
{
    size_t top = 0;

    p->stack[top++] = (uint32_t)(2 * p->n - 2);
    p->stack[top++] = new_branch(p, 0, 0);
    while (top > 0) {
        top -= 2;
        top = fall_apart(p, p->stack[top], p->stack[top + 1], top);
    }
}

/* ---- choice ----------------------------------------------------------- */

/* A branch is chosen if it is at least as stable as the best of what came of
   it; of those within each other, the outermost. */
static void choose(struct pick *p)
{
    for (size_t k = p->branches; k-- > 1;) {
        struct branch *b = &p->branch[k];

        b->chosen = b->stability >= b->below;
        p->branch[b->parent].below += b->chosen ? b->stability : b->below;
    }
    for (size_t k = 1; k < p->branches; k++) {
        struct branch *b = &p->branch[k];
        const struct branch *up = &p->branch[b->parent];

        /* Until the labels are given: the chosen branch it is in. */
        b->label = up->label ? up->label : b->chosen ? (uint32_t)k : 0;
    }
}

struct found {
    uint32_t branch, size, lowest;
};

static int by_size(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;

    if (a->size != b->size) {
        return a->size > b->size ? -1 : 1;
    }
    return (a->lowest > b->lowest) - (a->lowest < b->lowest);
}

static double depth(double lambda, double most)
{
    return lambda < most ? lambda / most : 1;
}

/* F has room for all branches. */
static int give_labels(struct pick *p, struct found *f,
                       struct rec_density *out, struct rec_error *err)
{
    size_t clusters = 0;

    for (uint32_t k = 0; k < p->branches; k++) {
        f[k] = (struct found){k, 0, UINT32_MAX};
    }
    for (size_t i = p->n; i-- > 0;) {
        struct found *g = &f[p->branch[p->left[i]].label];

        g->size++;
        g->lowest = (uint32_t)i;
    }
    f[0].size = 0; /* noise */
    qsort(f, p->branches, sizeof *f, by_size);
    while (clusters < p->branches && f[clusters].size > 0) {
        clusters++;
    }
    out->cluster = rec_alloc(clusters, sizeof *out->cluster);
    if (!out->cluster) {
        return rec_fail_nomem(err);
    }
    out->clusters = clusters;
    for (size_t i = 0; i < p->n; i++) { /* for now: the branch */
        uint32_t k = p->branch[p->left[i]].label;

        out->label[i] = k;
        out->weight[i] = 0;
        if (k) {
            out->weight[i] = (float)depth(p->lambda[i], p->branch[k].died);
        }
    }
    p->branch[0].label = 0;
    for (uint32_t c = 0; c < clusters; c++) {
        struct branch *b = &p->branch[f[c].branch];

        b->label = c + 1;
        out->cluster[c] =
            (struct rec_density_cluster){f[c].size, b->stability};
    }
    for (size_t i = 0; i < p->n; i++) {
        out->label[i] = p->branch[out->label[i]].label;
    }
    return 0;
}

int rec_density_pick(struct rec_edge *edge, size_t n, size_t least,
                     struct rec_density *out, struct rec_error *err)
{
    struct pick p = {.n = n, .least = least};
    struct found *f = rec_alloc(n + 1, sizeof *f);
    int rc;

    p.node = rec_alloc(n, sizeof *p.node);
    p.branch = rec_zalloc(n + 1, sizeof *p.branch);
    p.left = rec_alloc(n, sizeof *p.left);
    p.lambda = rec_alloc(n, sizeof *p.lambda);
    p.stack = rec_alloc(n + 1, 2 * sizeof *p.stack);
    p.open = rec_alloc(n + 1, sizeof *p.open);
    if (!f || !p.node || !p.branch || !p.left || !p.lambda || !p.stack
        || !p.open) {
        rc = rec_fail_nomem(err);
    } else {
        unite(&p, edge, p.stack, p.stack + n);
        grow_branches(&p);
        choose(&p);
        rc = give_labels(&p, f, out, err);
    }
    free(f);
    free(p.node);
    free(p.branch);
    free(p.left);
    free(p.lambda);
    free(p.stack);
    free(p.open);
    return rc;
}
