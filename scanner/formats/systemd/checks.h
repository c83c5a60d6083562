#pragma once

#include "scanner/formats/systemd/directives.h"

/// How each kind of directive judges its value; named after what they expect.
namespace plimsoll::systemd {

Verdict check_absolute_path(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_absolute_path_or_fail(std::string_view value, const Directive& directive,
                                    std::string_view unit);
Verdict check_address_prefixes(std::string_view value, const Directive& directive,
                               std::string_view unit);
Verdict check_anything(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_architectures(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_base64(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_bind_paths(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_block_weight(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_boolean(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_boolean_or_choice(std::string_view value, const Directive& directive,
                                std::string_view unit);
Verdict check_boolean_or_fail(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_bpf_program(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_bus_name(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_byte(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_choice(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_colon_paths(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_command(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_condition_path(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_condition_text(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_controllers(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_coredump_filter(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_cpu_affinity(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_cpu_quota(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_cpu_set(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_cpu_shares(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_cpu_weight(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_default_instance(std::string_view value, const Directive& directive,
                               std::string_view unit);
Verdict check_delegate(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_device_allow(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_device_block_weight(std::string_view value, const Directive& directive,
                                  std::string_view unit);
Verdict check_device_latency(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_device_limit(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_device_weight(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_documentation(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_environment(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_error_number(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_escaped_text(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_exit_statuses(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_expandable(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_fd_name(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_image_options(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_image_paths(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_install_alias(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_install_names(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_integer(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_interface(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_interfaces(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_io_priority(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_journal_fields(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_listen_address(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_load_credential(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_log_namespace(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_long_integer(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_memory_limit(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_mode(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_mount_images(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_namespace_paths(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_namespaces(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_nanoseconds(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_nice(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_numa_mask(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_number_or_choice(std::string_view value, const Directive& directive,
                               std::string_view unit);
Verdict check_oom_score(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_optional_path(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_path_words(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_path_words_each(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_permyriad(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_pid_file(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_quoted_words(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_realtime_priority(std::string_view value, const Directive& directive,
                                std::string_view unit);
Verdict check_reboot_parameter(std::string_view value, const Directive& directive,
                               std::string_view unit);
Verdict check_relative_paths(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_rlimit(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_root_hash(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_root_hash_signature(std::string_view value, const Directive& directive,
                                  std::string_view unit);
Verdict check_seconds(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_security_label(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_service_name(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_set_credential(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_signal(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_size(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_slice(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_socket_bind(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_socket_names(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_standard_input(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_standard_output(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_swap_priority(std::string_view value, const Directive& directive,
                            std::string_view unit);
Verdict check_tasks_max(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_temporary_paths(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_timer(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_unit_name(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_unit_names(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_unsigned_number(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_user(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_users(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_variable_names(std::string_view value, const Directive& directive,
                             std::string_view unit);
Verdict check_variables(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_weight(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_working_directory(std::string_view value, const Directive& directive,
                                std::string_view unit);
Verdict check_boolean_or_size(std::string_view value, const Directive& directive,
                              std::string_view unit);
Verdict check_long_number(std::string_view value, const Directive& directive,
                          std::string_view unit);
Verdict check_plain_path(std::string_view value, const Directive& directive, std::string_view unit);
Verdict check_memory_share(std::string_view value, const Directive& directive,
                           std::string_view unit);
Verdict check_size_or_infinity(std::string_view value, const Directive& directive,
                               std::string_view unit);
Verdict check_boolean_or_integer(std::string_view value, const Directive& directive,
                                 std::string_view unit);
Verdict check_seconds_or_choice(std::string_view value, const Directive& directive,
                                std::string_view unit);

/// How many commands an accepted value of ExecStart= and the like holds.
std::size_t count_commands(std::string_view value, std::string_view unit);

}  // namespace plimsoll::systemd
