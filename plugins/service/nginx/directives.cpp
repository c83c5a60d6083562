#include "plugins/service/nginx/directives.h"

#include <array>
#include <unordered_map>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// Directives that may stand in the same places, take as many arguments and merge alike.
struct Group {
  std::uint16_t places;
  std::uint8_t least, most;
  Kind kind;
  std::string_view names;
};

// The ngx_command_t tables of the modules.
constexpr std::array kGroups = {
    Group{kHttp, 0, 0, Kind::block, "server"},
    Group{kHttp, 1, 1, Kind::block, "upstream"},
    Group{kHttp, 1, 2, Kind::block, "geo"},
    Group{kHttp, 2, 2, Kind::block, "charset_map map split_clients"},
    Group{kHttp | kServer | kLocation, 0, 0, Kind::block, "types"},
    Group{kLocation, 1, kAny, Kind::block, "limit_except"},
    Group{kMain, 0, 0, Kind::block, "events http"},
    Group{kServer | kLocation, 1, 2, Kind::block, "location"},
    Group{kServer | kLocation, 1, kAny, Kind::block, "if"},
    Group{kEvents, 1, 1, Kind::flag, "accept_mutex multi_accept"},
    Group{kEvents, 1, 1, Kind::number,
          "devpoll_changes devpoll_events epoll_events eventport_events kqueue_changes "
          "kqueue_events worker_aio_requests"},
    Group{kEvents, 1, 1, Kind::one, "use worker_connections"},
    Group{kEvents, 1, 1, Kind::own, "debug_connection"},
    Group{kEvents, 1, 1, Kind::time, "accept_mutex_delay"},
    Group{kHttp, 1, 1, Kind::flag, "geoip_proxy_recursive"},
    Group{kHttp, 1, 1, Kind::list, "perl_modules perl_require"},
    Group{kHttp, 1, 1, Kind::number,
          "map_hash_bucket_size map_hash_max_size server_names_hash_bucket_size "
          "server_names_hash_max_size variables_hash_bucket_size variables_hash_max_size"},
    Group{kHttp, 1, 1, Kind::one, "geoip_proxy"},
    Group{kHttp, 1, 1, Kind::size, "http2_recv_buffer_size"},
    Group{kHttp, 1, 2, Kind::one, "geoip_city geoip_country geoip_org"},
    Group{kHttp, 2, 2, Kind::own, "limit_conn_zone perl_set"},
    Group{kHttp, 2, kAny, Kind::own,
          "fastcgi_cache_path log_format proxy_cache_path scgi_cache_path uwsgi_cache_path"},
    Group{kHttp, 3, 3, Kind::own, "limit_req_zone"},
    Group{kHttp | kServer, 1, 1, Kind::flag,
          "http2 http3 ignore_invalid_headers merge_slashes ssl ssl_early_data "
          "ssl_prefer_server_ciphers ssl_reject_handshake ssl_session_tickets ssl_stapling "
          "ssl_stapling_verify underscores_in_headers"},
    Group{kHttp | kServer, 1, 1, Kind::list,
          "ssl_certificate ssl_certificate_key ssl_session_ticket_key"},
    Group{kHttp | kServer, 1, 1, Kind::number,
          "http2_max_concurrent_pushes http2_max_concurrent_streams http2_streams_index_size "
          "ssl_verify_depth"},
    Group{kHttp | kServer, 1, 1, Kind::one,
          "ssl_ciphers ssl_client_certificate ssl_crl ssl_dhparam ssl_ecdh_curve ssl_ocsp "
          "ssl_ocsp_cache ssl_ocsp_responder ssl_password_file ssl_stapling_file "
          "ssl_stapling_responder ssl_trusted_certificate ssl_verify_client"},
    Group{kHttp | kServer, 1, 1, Kind::own,
          "http2_idle_timeout http2_max_field_size http2_max_header_size http2_max_requests "
          "http2_recv_timeout"},
    Group{kHttp | kServer, 1, 1, Kind::size,
          "client_header_buffer_size connection_pool_size http2_body_preread_size http2_pool_size "
          "request_pool_size ssl_buffer_size"},
    Group{kHttp | kServer, 1, 1, Kind::time, "client_header_timeout ssl_session_timeout"},
    Group{kHttp | kServer, 1, 2, Kind::one, "ssl_session_cache"},
    Group{kHttp | kServer, 1, kAny, Kind::bits, "ssl_protocols"},
    Group{kHttp | kServer, 2, 2, Kind::list, "ssl_conf_command"},
    Group{kHttp | kServer, 2, 2, Kind::one, "large_client_header_buffers"},
    Group{
        kHttp | kServer | kLocation, 1, 1, Kind::flag,
        "absolute_redirect aio_write autoindex autoindex_exact_size autoindex_localtime "
        "chunked_transfer_encoding client_body_in_single_buffer create_full_put_path etag "
        "fastcgi_buffering fastcgi_cache_background_update fastcgi_cache_lock "
        "fastcgi_cache_revalidate fastcgi_force_ranges fastcgi_ignore_client_abort "
        "fastcgi_intercept_errors fastcgi_keep_conn fastcgi_pass_request_body "
        "fastcgi_pass_request_headers fastcgi_request_buffering fastcgi_socket_keepalive "
        "grpc_intercept_errors grpc_socket_keepalive grpc_ssl_server_name grpc_ssl_session_reuse "
        "grpc_ssl_verify gunzip gzip_no_buffer gzip_vary http2_push_preload image_filter_interlace "
        "image_filter_transparency limit_conn_dry_run limit_req_dry_run log_not_found "
        "log_subrequest memcached_socket_keepalive mirror_request_body mp4_start_key_frame "
        "msie_padding msie_refresh open_file_cache_errors open_file_cache_events port_in_redirect "
        "proxy_buffering proxy_cache_background_update proxy_cache_convert_head proxy_cache_lock "
        "proxy_cache_revalidate proxy_force_ranges proxy_ignore_client_abort "
        "proxy_intercept_errors proxy_pass_request_body proxy_pass_request_headers "
        "proxy_request_buffering proxy_socket_keepalive proxy_ssl_server_name "
        "proxy_ssl_session_reuse proxy_ssl_verify real_ip_recursive recursive_error_pages "
        "reset_timedout_connection scgi_buffering scgi_cache_background_update scgi_cache_lock "
        "scgi_cache_revalidate scgi_force_ranges scgi_ignore_client_abort scgi_intercept_errors "
        "scgi_pass_request_body scgi_pass_request_headers scgi_request_buffering "
        "scgi_socket_keepalive server_name_in_redirect ssi_ignore_recycled_buffers "
        "ssi_last_modified ssi_silent_errors sub_filter_last_modified sub_filter_once tcp_nodelay "
        "tcp_nopush uwsgi_buffering uwsgi_cache_background_update uwsgi_cache_lock "
        "uwsgi_cache_revalidate uwsgi_force_ranges uwsgi_ignore_client_abort "
        "uwsgi_intercept_errors uwsgi_pass_request_body uwsgi_pass_request_headers "
        "uwsgi_request_buffering uwsgi_socket_keepalive uwsgi_ssl_server_name "
        "uwsgi_ssl_session_reuse uwsgi_ssl_verify xslt_last_modified"},
    Group{kHttp | kServer | kLocation, 1, 1, Kind::list,
          "fastcgi_catch_stderr fastcgi_hide_header fastcgi_pass_header grpc_hide_header "
          "grpc_pass_header http2_push mirror proxy_hide_header proxy_pass_header scgi_hide_header "
          "scgi_pass_header set_real_ip_from uwsgi_hide_header uwsgi_pass_header"},
    Group{kHttp | kServer | kLocation, 1, 1, Kind::number,
          "fastcgi_cache_min_uses fastcgi_next_upstream_tries grpc_next_upstream_tries "
          "grpc_ssl_verify_depth gzip_comp_level keepalive_requests limit_conn_status "
          "limit_req_status max_ranges memcached_gzip_flag memcached_next_upstream_tries "
          "min_delete_depth open_file_cache_min_uses proxy_cache_min_uses "
          "proxy_headers_hash_bucket_size proxy_headers_hash_max_size proxy_next_upstream_tries "
          "proxy_ssl_verify_depth scgi_cache_min_uses scgi_next_upstream_tries "
          "types_hash_bucket_size types_hash_max_size userid_service uwsgi_cache_min_uses "
          "uwsgi_modifier1 uwsgi_modifier2 uwsgi_next_upstream_tries uwsgi_ssl_verify_depth"},
    Group{
        kHttp | kServer | kLocation, 1, 1, Kind::one,
        "add_after_body add_before_body aio auth_request autoindex_format client_body_in_file_only "
        "default_type directio fastcgi_cache fastcgi_cache_key fastcgi_index "
        "fastcgi_split_path_info fastcgi_store grpc_ssl_certificate grpc_ssl_certificate_key "
        "grpc_ssl_ciphers grpc_ssl_crl grpc_ssl_name grpc_ssl_password_file "
        "grpc_ssl_trusted_certificate gzip_http_version gzip_static if_modified_since "
        "image_filter_jpeg_quality image_filter_sharpen image_filter_webp_quality "
        "limit_conn_log_level limit_req_log_level lingering_close proxy_cache proxy_cache_key "
        "proxy_http_version proxy_method proxy_set_body proxy_ssl_certificate "
        "proxy_ssl_certificate_key proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_name "
        "proxy_ssl_password_file proxy_ssl_trusted_certificate proxy_store real_ip_header satisfy "
        "scgi_cache scgi_cache_key scgi_store secure_link secure_link_md5 secure_link_secret "
        "server_tokens userid userid_domain userid_expires userid_mark userid_name userid_p3p "
        "userid_path uwsgi_cache uwsgi_cache_key uwsgi_ssl_certificate uwsgi_ssl_certificate_key "
        "uwsgi_ssl_ciphers uwsgi_ssl_crl uwsgi_ssl_name uwsgi_ssl_password_file "
        "uwsgi_ssl_trusted_certificate uwsgi_store uwsgi_string xml_entities"},
    Group{kHttp | kServer | kLocation, 1, 1, Kind::own,
          "ancient_browser_value modern_browser_value"},
    Group{kHttp | kServer | kLocation, 1, 1, Kind::size,
          "client_body_buffer_size client_max_body_size directio_alignment fastcgi_buffer_size "
          "fastcgi_busy_buffers_size fastcgi_cache_max_range_offset fastcgi_limit_rate "
          "fastcgi_max_temp_file_size fastcgi_send_lowat fastcgi_temp_file_write_size "
          "grpc_buffer_size gzip_hash gzip_min_length gzip_window http2_chunk_size "
          "image_filter_buffer memcached_buffer_size mp4_buffer_size mp4_max_buffer_size "
          "postpone_gzipping postpone_output proxy_buffer_size proxy_busy_buffers_size "
          "proxy_cache_max_range_offset proxy_limit_rate proxy_max_temp_file_size proxy_send_lowat "
          "proxy_temp_file_write_size read_ahead scgi_buffer_size scgi_busy_buffers_size "
          "scgi_cache_max_range_offset scgi_limit_rate scgi_max_temp_file_size "
          "scgi_temp_file_write_size send_lowat sendfile_max_chunk slice ssi_min_file_chunk "
          "ssi_value_length subrequest_output_buffer_size uwsgi_buffer_size "
          "uwsgi_busy_buffers_size uwsgi_cache_max_range_offset uwsgi_limit_rate "
          "uwsgi_max_temp_file_size uwsgi_temp_file_write_size"},
    Group{
        kHttp | kServer | kLocation, 1, 1, Kind::time,
        "auth_delay client_body_timeout fastcgi_cache_lock_age fastcgi_cache_lock_timeout "
        "fastcgi_connect_timeout fastcgi_next_upstream_timeout fastcgi_read_timeout "
        "fastcgi_send_timeout grpc_connect_timeout grpc_next_upstream_timeout grpc_read_timeout "
        "grpc_send_timeout keepalive_time lingering_time lingering_timeout "
        "memcached_connect_timeout memcached_next_upstream_timeout memcached_read_timeout "
        "memcached_send_timeout open_file_cache_valid proxy_cache_lock_age "
        "proxy_cache_lock_timeout proxy_connect_timeout proxy_next_upstream_timeout "
        "proxy_read_timeout proxy_send_timeout resolver_timeout scgi_cache_lock_age "
        "scgi_cache_lock_timeout scgi_connect_timeout scgi_next_upstream_timeout scgi_read_timeout "
        "scgi_send_timeout send_timeout uwsgi_cache_lock_age uwsgi_cache_lock_timeout "
        "uwsgi_connect_timeout uwsgi_next_upstream_timeout uwsgi_read_timeout uwsgi_send_timeout"},
    Group{kHttp | kServer | kLocation, 1, 2, Kind::bits, "keepalive_disable"},
    Group{kHttp | kServer | kLocation, 1, 2, Kind::list,
          "proxy_cookie_domain proxy_cookie_path proxy_redirect"},
    Group{kHttp | kServer | kLocation, 1, 2, Kind::one,
          "disable_symlinks fastcgi_bind grpc_bind keepalive_timeout memcached_bind "
          "open_file_cache proxy_bind scgi_bind uwsgi_bind"},
    Group{kHttp | kServer | kLocation, 1, 2, Kind::own, "modern_browser"},
    Group{kHttp | kServer | kLocation, 1, 3, Kind::bits, "userid_flags"},
    Group{kHttp | kServer | kLocation, 1, 3, Kind::list, "limit_req"},
    Group{
        kHttp | kServer | kLocation, 1, 3, Kind::one,
        "dav_access fastcgi_store_access proxy_store_access scgi_store_access uwsgi_store_access"},
    Group{kHttp | kServer | kLocation, 1, 4, Kind::list, "proxy_cookie_flags"},
    Group{kHttp | kServer | kLocation, 1, 4, Kind::one,
          "client_body_temp_path fastcgi_temp_path open_log_file_cache proxy_temp_path "
          "scgi_temp_path uwsgi_temp_path"},
    Group{kHttp | kServer | kLocation, 1, kAny, Kind::bits,
          "dav_methods fastcgi_cache_methods fastcgi_cache_use_stale fastcgi_ignore_headers "
          "fastcgi_next_upstream grpc_ignore_headers grpc_next_upstream grpc_ssl_protocols "
          "gzip_proxied memcached_next_upstream proxy_cache_methods proxy_cache_use_stale "
          "proxy_ignore_headers proxy_next_upstream proxy_ssl_protocols scgi_cache_methods "
          "scgi_cache_use_stale scgi_ignore_headers scgi_next_upstream uwsgi_cache_methods "
          "uwsgi_cache_use_stale uwsgi_ignore_headers uwsgi_next_upstream uwsgi_ssl_protocols"},
    Group{kHttp | kServer | kLocation, 1, kAny, Kind::list,
          "addition_types charset_types error_log fastcgi_cache_bypass fastcgi_cache_valid "
          "fastcgi_no_cache gzip_disable gzip_types index proxy_cache_bypass proxy_cache_valid "
          "proxy_no_cache scgi_cache_bypass scgi_cache_valid scgi_no_cache ssi_types "
          "sub_filter_types uwsgi_cache_bypass uwsgi_cache_valid uwsgi_no_cache xslt_types"},
    Group{kHttp | kServer | kLocation, 1, kAny, Kind::one, "resolver"},
    Group{kHttp | kServer | kLocation, 1, kAny, Kind::own, "ancient_browser"},
    Group{kHttp | kServer | kLocation, 2, 2, Kind::list,
          "auth_request_set grpc_set_header grpc_ssl_conf_command limit_conn proxy_set_header "
          "proxy_ssl_conf_command sub_filter uwsgi_ssl_conf_command xslt_param xslt_string_param"},
    Group{kHttp | kServer | kLocation, 2, 2, Kind::one,
          "fastcgi_buffers gunzip_buffers gzip_buffers output_buffers proxy_buffers scgi_buffers "
          "uwsgi_buffers"},
    Group{kHttp | kServer | kLocation, 2, 3, Kind::list, "fastcgi_param scgi_param uwsgi_param"},
    Group{kHttp | kServer | kLocation | kLimitExcept, 1, 1, Kind::list, "allow deny"},
    Group{kHttp | kServer | kLocation | kLimitExcept, 1, 1, Kind::one,
          "auth_basic auth_basic_user_file"},
    Group{kHttp | kServer | kLocation | kLocationIf, 1, 1, Kind::flag,
          "gzip override_charset sendfile ssi"},
    Group{kHttp | kServer | kLocation | kLocationIf, 1, 1, Kind::one,
          "charset limit_rate limit_rate_after post_action root source_charset"},
    Group{kHttp | kServer | kLocation | kLocationIf, 1, 2, Kind::one, "expires"},
    Group{kHttp | kServer | kLocation | kLocationIf, 2, 3, Kind::list, "add_header add_trailer"},
    Group{kHttp | kServer | kLocation | kLocationIf, 2, kAny, Kind::list, "error_page"},
    Group{kHttp | kServer | kLocation | kLocationIf | kLimitExcept, 1, kAny, Kind::list,
          "access_log"},
    Group{kHttp | kServer | kLocation | kServerIf | kLocationIf, 1, 1, Kind::flag,
          "rewrite_log uninitialized_variable_warn"},
    Group{kLocation, 0, 0, Kind::own, "empty_gif flv internal mp4"},
    Group{kLocation, 1, 1, Kind::flag, "random_index"},
    Group{kLocation, 1, 1, Kind::one, "alias"},
    Group{kLocation, 1, 3, Kind::one, "image_filter"},
    Group{kLocation, 1, kAny, Kind::list, "xslt_stylesheet"},
    Group{kLocation | kLimitExcept, 1, 1, Kind::own, "perl"},
    Group{kLocation | kLocationIf, 1, 1, Kind::own_once,
          "fastcgi_pass grpc_pass memcached_pass scgi_pass uwsgi_pass"},
    Group{kLocation | kLocationIf | kLimitExcept, 1, 1, Kind::own_once, "proxy_pass"},
    Group{kMain, 1, 1, Kind::flag, "daemon master_process pcre_jit"},
    Group{kMain, 1, 1, Kind::number, "worker_rlimit_nofile"},
    Group{
        kMain, 1, 1, Kind::one,
        "debug_points lock_file pid ssl_engine worker_priority worker_processes working_directory"},
    Group{kMain, 1, 1, Kind::own, "env load_module"},
    Group{kMain, 1, 1, Kind::size, "worker_rlimit_core"},
    Group{kMain, 1, 1, Kind::time, "timer_resolution worker_shutdown_timeout"},
    Group{kMain, 1, 2, Kind::one, "user"},
    Group{kMain, 1, kAny, Kind::list, "error_log"},
    Group{kMain, 1, kAny, Kind::one, "worker_cpu_affinity"},
    Group{kMain, 2, 3, Kind::own, "thread_pool"},
    Group{kServer, 1, kAny, Kind::own, "listen server_name"},
    Group{kServer | kLocation, 0, 1, Kind::own, "stub_status"},
    Group{kServer | kLocation, 1, 1, Kind::number,
          "referer_hash_bucket_size referer_hash_max_size"},
    Group{kServer | kLocation, 1, kAny, Kind::list, "valid_referers"},
    Group{kServer | kLocation, 2, kAny, Kind::own_once, "try_files"},
    Group{kServer | kLocation | kServerIf | kLocationIf, 0, 0, Kind::own, "break"},
    Group{kServer | kLocation | kServerIf | kLocationIf, 1, 2, Kind::own, "return"},
    Group{kServer | kLocation | kServerIf | kLocationIf, 2, 2, Kind::own, "set"},
    Group{kServer | kLocation | kServerIf | kLocationIf, 2, 3, Kind::own, "rewrite"},
    Group{kUpstream, 0, 0, Kind::own, "ip_hash least_conn"},
    Group{kUpstream, 0, 2, Kind::own, "random"},
    Group{kUpstream, 1, 1, Kind::number, "keepalive_requests"},
    Group{kUpstream, 1, 1, Kind::own, "keepalive"},
    Group{kUpstream, 1, 1, Kind::time, "keepalive_time keepalive_timeout"},
    Group{kUpstream, 1, 2, Kind::own, "hash zone"},
    Group{kUpstream, 1, kAny, Kind::own, "server"},
};

struct Default {
  std::string_view name, value;
};

constexpr std::array kDefaults = {
    Default{"autoindex", "off"},
    Default{"client_body_buffer_size", "16k"},
    Default{"client_body_timeout", "60s"},
    Default{"client_header_buffer_size", "1k"},
    Default{"client_header_timeout", "60s"},
    Default{"client_max_body_size", "1m"},
    Default{"default_type", "text/plain"},
    Default{"disable_symlinks", "off"},
    Default{"etag", "on"},
    Default{"gzip", "off"},
    Default{"ignore_invalid_headers", "on"},
    Default{"keepalive_requests", "1000"},
    Default{"keepalive_timeout", "75s"},
    Default{"large_client_header_buffers", "4 8k"},
    Default{"merge_slashes", "on"},
    Default{"send_timeout", "60s"},
    Default{"server_tokens", "on"},
    Default{"underscores_in_headers", "off"},
};

using Table = std::unordered_map<std::string_view, DirectiveType>;

Table make_table() {
  Table table;
  for (const Group& group : kGroups)
    for (const std::string_view name : words(group.names))
      // error_log is one name of two modules.
      table.try_emplace(name, DirectiveType{0, group.least, group.most, group.kind})
          .first->second.places |= group.places;
  return table;
}

}  // namespace

const DirectiveType* find_directive(std::string_view name) {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

std::string_view default_of(std::string_view name) {
  for (const Default& one : kDefaults)
    if (one.name == name) return one.value;
  return {};
}

}  // namespace plimsoll::nginx
