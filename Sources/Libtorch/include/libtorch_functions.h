// Every function of libtuner-torch.so, by header. One that is not listed does not link.
#ifndef LIBTORCH_FUNCTIONS_H
#define LIBTORCH_FUNCTIONS_H

/// `F(name)` for each.
#define LIBTORCH_FUNCTIONS(F) \
  F(ctorch_version) F(ctorch_last_error) F(ctorch_set_threads) F(ctorch_threads) \
  F(ctorch_cuda_device_count) F(ctorch_synchronize) F(ctorch_free_memory) F(ctorch_set_arithmetic) \
  F(ctorch_upload) F(ctorch_pinned_zeros) F(ctorch_keep_mask) F(ctorch_release) F(ctorch_rank) \
  F(ctorch_shape) F(ctorch_element_count) F(ctorch_scalar_type) F(ctorch_device_of) \
  F(ctorch_is_contiguous) F(ctorch_data) F(ctorch_zeros) F(ctorch_full) F(ctorch_arange) \
  F(ctorch_from_host) F(ctorch_view_of_host) F(ctorch_copy_to_host) F(ctorch_copy_from_host_in_place) \
  F(ctorch_item) F(ctorch_reshape) F(ctorch_expand) F(ctorch_flatten) F(ctorch_transpose) \
  F(ctorch_permute) F(ctorch_narrow) F(ctorch_slice) F(ctorch_select) F(ctorch_pad) F(ctorch_concatenate) \
  F(ctorch_split) F(ctorch_index_select) F(ctorch_contiguous) F(ctorch_channels_last) F(ctorch_to_type) \
  F(ctorch_to_device) F(ctorch_clone) F(ctorch_binary) F(ctorch_binary_scalar) F(ctorch_unary) \
  F(ctorch_sum) F(ctorch_mean) F(ctorch_sum_along) F(ctorch_mean_along) F(ctorch_argmax) F(ctorch_norm) \
  F(ctorch_norms) F(ctorch_fill_in_place) F(ctorch_copy_in_place) F(ctorch_add_in_place) \
  F(ctorch_multiply_in_place) F(ctorch_scale_in_place) F(ctorch_add_scalar_in_place) \
  F(ctorch_add_product_in_place) F(ctorch_add_quotient_in_place) F(ctorch_interpolate_in_place) \
  F(ctorch_sqrt_in_place) F(ctorch_relu_in_place) F(ctorch_clamp_in_place) F(ctorch_linear) \
  F(ctorch_conv2d) F(ctorch_batch_norm) F(ctorch_shared_batch_norm) F(ctorch_layer_norm) \
  F(ctorch_group_norm) F(ctorch_rms_norm) F(ctorch_embedding) F(ctorch_max_pool2d) F(ctorch_avg_pool2d) \
  F(ctorch_adaptive_avg_pool2d) F(ctorch_softmax) F(ctorch_log_softmax) F(ctorch_cross_entropy) \
  F(ctorch_mean_squared_error) F(ctorch_attention) F(ctorch_requires_gradient) \
  F(ctorch_set_requires_gradient) F(ctorch_detach) F(ctorch_backward) F(ctorch_gradient) \
  F(ctorch_set_gradient) F(ctorch_set_recording) F(ctorch_sinks_create) F(ctorch_sinks_release) \
  F(ctorch_sinks_set_accumulating) F(ctorch_sinks_set_callback) F(ctorch_sinks_attach) \
  F(ctorch_module_load) F(ctorch_module_release) F(ctorch_module_count) F(ctorch_module_name) \
  F(ctorch_module_tensor) F(ctorch_module_set) F(ctorch_module_forward) F(ctorch_generator_begin) \
  F(ctorch_generator_end) \
  F(ctorch_operator_find) F(ctorch_operator_release) F(ctorch_operator_argument_count) \
  F(ctorch_operator_argument_name) F(ctorch_operator_sharing) F(ctorch_operator_draws) \
  F(ctorch_frame_create) F(ctorch_frame_release) F(ctorch_frame_clear) F(ctorch_frame_set_tensor) \
  F(ctorch_frame_set_scalar) F(ctorch_frame_tensor) F(ctorch_frame_scalar) F(ctorch_call_create) \
  F(ctorch_call_release) F(ctorch_call_run) F(ctorch_from_storage) F(ctorch_trace) \
  F(clapack_dpotrf) F(clapack_dpotri) F(clapack_dtrsm) F(clapack_dgemm) F(clapack_dsyevd) \
  F(clapack_use_threads)

#endif
