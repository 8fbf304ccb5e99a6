# SPDX-License-Identifier: MIT
noinst_LIBRARIES += lib/librec.a
lib_librec_a_SOURCES =
lib_librec_a_SOURCES += \
	lib/base/compat.h \
	lib/base/endian.h \
	lib/base/error.c lib/base/error.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/mem.c lib/base/mem.h \
	lib/base/number.c lib/base/number.h \
	lib/base/progress.h \
	lib/base/rng.c lib/base/rng.h \
	lib/base/threads.c lib/base/threads.h

lib_librec_a_SOURCES += \
	lib/io/input.c lib/io/input.h \
	lib/io/lock.c lib/io/lock.h \
	lib/io/output.c lib/io/output.h \
	lib/io/slurp.c lib/io/slurp.h \
	lib/io/store.c lib/io/store.h \
	lib/io/stream.c lib/io/stream.h \
	lib/io/stream_private.h \
	lib/io/stream_read.c \
	lib/io/stream_write.c \
	lib/io/textin.c lib/io/textin.h \
	lib/io/textin_columns.c \
	lib/io/textin_json.c \
	lib/io/textin_layout.c \
	lib/io/textin_private.h \
	lib/io/textin_split.c \
	lib/io/textin_time.c

lib_librec_a_SOURCES += \
	lib/data/changes.c lib/data/changes.h \
	lib/data/collisions.c lib/data/collisions.h \
	lib/data/csr.c lib/data/csr.h \
	lib/data/dataset.c lib/data/dataset.h \
	lib/data/decay.c lib/data/decay.h \
	lib/data/deciles.c lib/data/deciles.h \
	lib/data/dict.c lib/data/dict.h \
	lib/data/filter.c lib/data/filter.h \
	lib/data/gather.c lib/data/gather.h \
	lib/data/gramfile.h \
	lib/data/gramfile_read.c \
	lib/data/gramfile_write.c \
	lib/data/gramsum.c lib/data/gramsum.h \
	lib/data/idbook.c lib/data/idbook.h \
	lib/data/idbook_private.h \
	lib/data/idbook_read.c \
	lib/data/idindex.c lib/data/idindex.h \
	lib/data/idlist.c lib/data/idlist.h \
	lib/data/idsketch.c lib/data/idsketch.h \
	lib/data/idtable.c lib/data/idtable.h \
	lib/data/idtext.c lib/data/idtext.h \
	lib/data/ingest.c lib/data/ingest.h \
	lib/data/ingest_piece.c lib/data/ingest_piece.h \
	lib/data/merge.c lib/data/merge.h \
	lib/data/profile.c lib/data/profile.h \
	lib/data/rows.h \
	lib/data/rows_read.c \
	lib/data/rows_write.c \
	lib/data/scheme.c lib/data/scheme.h \
	lib/data/split.c lib/data/split.h \
	lib/data/split_events.c \
	lib/data/split_private.h \
	lib/data/split_users.c \
	lib/data/titles.c lib/data/titles.h \
	lib/data/userset.c lib/data/userset.h \
	lib/data/vectors.c lib/data/vectors.h \
	lib/data/vectors_text.c lib/data/vectors_text.h

lib_librec_a_SOURCES += \
	lib/math/abundance.c lib/math/abundance.h \
	lib/math/adam.c lib/math/adam.h \
	lib/math/adam_real.inc \
	lib/math/blas.c lib/math/blas.h \
	lib/math/density.c lib/math/density.h \
	lib/math/density_near.c \
	lib/math/density_pick.c \
	lib/math/density_private.h \
	lib/math/density_tree.c \
	lib/math/fastexp.h \
	lib/math/gram.c lib/math/gram.h \
	lib/math/half.c lib/math/half.h \
	lib/math/kmeans.c lib/math/kmeans.h \
	lib/math/kmeans_balance.c \
	lib/math/kmeans_near.c \
	lib/math/kmeans_private.h \
	lib/math/kmeans_seed.c \
	lib/math/laplace.c lib/math/laplace.h \
	lib/math/logistic.c lib/math/logistic.h \
	lib/math/nnls.c lib/math/nnls.h \
	lib/math/product.c lib/math/product.h \
	lib/math/silhouette.c lib/math/silhouette.h \
	lib/math/small.c lib/math/small.h \
	lib/math/topk.c lib/math/topk.h \
	lib/math/ward.c lib/math/ward.h

lib_librec_a_SOURCES += \
	lib/models/ask.c lib/models/ask.h \
	lib/models/ask_person.c \
	lib/models/ask_scale.c \
	lib/models/amp.h \
	lib/models/amp_cand.c \
	lib/models/amp_checkpoint.c \
	lib/models/amp_fold.c \
	lib/models/amp_kernels.c \
	lib/models/amp_model.c \
	lib/models/amp_net.c \
	lib/models/amp_private.h \
	lib/models/amp_start.c \
	lib/models/amp_step.c \
	lib/models/amp_train.c \
	lib/models/amp_user.c \
	lib/models/checkpoint.c lib/models/checkpoint.h \
	lib/models/cohort_pop.c lib/models/cohort_pop.h \
	lib/models/ease.c lib/models/ease.h \
	lib/models/ease_family.c \
	lib/models/ease_items.c \
	lib/models/ease_kernels.c \
	lib/models/ease_mrf.c lib/models/ease_mrf.h \
	lib/models/ease_mrf_block.c \
	lib/models/ease_mrf_private.h \
	lib/models/ease_mrf_support.c \
	lib/models/ease_nonneg.c \
	lib/models/ease_private.h \
	lib/models/ease_real.inc \
	lib/models/ease_scale.c \
	lib/models/ease_sparse.c \
	lib/models/ease_users.c \
	lib/models/ease_users_model.c \
	lib/models/factors.c lib/models/factors.h \
	lib/models/ials.c lib/models/ials.h \
	lib/models/ials_kappa.c \
	lib/models/ials_model.c \
	lib/models/ials_private.h \
	lib/models/ials_rows.c \
	lib/models/knn.c lib/models/knn.h \
	lib/models/knn_items.c \
	lib/models/knn_private.h \
	lib/models/knn_users.c \
	lib/models/model.c lib/models/model.h \
	lib/models/panels.c lib/models/panels.h \
	lib/models/persona_set.c lib/models/persona_set.h \
	lib/models/personas.c lib/models/personas.h \
	lib/models/pop.c lib/models/pop.h \
	lib/models/pref.c lib/models/pref.h \
	lib/models/pref_model.c \
	lib/models/quota.c lib/models/quota.h \
	lib/models/recommend.c lib/models/recommend.h \
	lib/models/similar.c lib/models/similar.h \
	lib/models/sparse.c lib/models/sparse.h \
	lib/models/sparse_pick.c lib/models/sparse_pick.h \
	lib/models/svd.c lib/models/svd.h \
	lib/models/svd_model.c \
	lib/models/unhash.c lib/models/unhash.h \
	lib/models/vae.h \
	lib/models/vae_batch.c \
	lib/models/vae_checkpoint.c \
	lib/models/vae_kernels.c \
	lib/models/vae_model.c \
	lib/models/vae_net.c \
	lib/models/vae_private.h \
	lib/models/vae_real.inc \
	lib/models/vae_recvae.c \
	lib/models/vae_recvae_real.inc \
	lib/models/vae_sample.c \
	lib/models/vae_sampled.c \
	lib/models/vae_step.c \
	lib/models/vae_train.c \
	lib/models/vae_update.c \
	lib/models/walk.c lib/models/walk.h

lib_librec_a_SOURCES += \
	lib/eval/calibrate.c lib/eval/calibrate.h \
	lib/eval/calibrate_fits.c \
	lib/eval/calibration_file.c lib/eval/calibration_file.h \
	lib/eval/bootstrap.c lib/eval/bootstrap.h \
	lib/eval/chances.c lib/eval/chances.h \
	lib/eval/compare.c lib/eval/compare.h \
	lib/eval/groups.c lib/eval/groups.h \
	lib/eval/judge.c lib/eval/judge.h \
	lib/eval/listtext.c lib/eval/listtext.h \
	lib/eval/leak.c lib/eval/leak.h \
	lib/eval/metrics.c lib/eval/metrics.h \
	lib/eval/reliability.c lib/eval/reliability.h \
	lib/eval/sign_test.c \
	lib/eval/sorter.c lib/eval/sorter.h \
	lib/eval/strata.c lib/eval/strata.h \
	lib/eval/traits.c lib/eval/traits.h \
	lib/eval/units.c lib/eval/units.h
