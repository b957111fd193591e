// Stands in for the libraries behind protocols that we never speak, so that libcurl.a links without them.
//
// Debian's shared libcurl pulls in 30 libraries (Kerberos, LDAP, GnuTLS, SSH, RTMP), and loading those costs more CPU time
// than a whole check is allowed. What is called at start-up does nothing here; the rest cannot be reached, because only
// http and https are allowed, and aborts. The symbols are hidden: no shared library can pick them up by mistake.
#include <cstdlib>

#pragma GCC visibility push(hidden)
extern "C" {

// Called by curl_global_init and curl_global_cleanup.
int libssh2_init(int) { return 0; }
void libssh2_exit() {}
// Asked about names that are not ASCII, such as a proxy's: none is known, so the name is used as it is.
const char* idn2_check_version(const char*) { return nullptr; }
int idn2_lookup_ul(const char*, char**, int) { return -1; }
// Kerberos' name of a kind of name.
void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;

#define NEVER_CALLED(name) \
  void name() { std::abort(); }

// brotli: content encodings are never asked for
NEVER_CALLED(BrotliDecoderCreateInstance)
NEVER_CALLED(BrotliDecoderDecompressStream)
NEVER_CALLED(BrotliDecoderDestroyInstance)
NEVER_CALLED(BrotliDecoderGetErrorCode)

// librtmp
NEVER_CALLED(RTMP_Alloc)
NEVER_CALLED(RTMP_Close)
NEVER_CALLED(RTMP_Connect1)
NEVER_CALLED(RTMP_ConnectStream)
NEVER_CALLED(RTMP_Free)
NEVER_CALLED(RTMP_Init)
NEVER_CALLED(RTMP_Read)
NEVER_CALLED(RTMP_SetBufferMS)
NEVER_CALLED(RTMP_SetupURL)
NEVER_CALLED(RTMP_Write)

// OpenLDAP
NEVER_CALLED(ber_bvfree)
NEVER_CALLED(ber_free)
NEVER_CALLED(ber_memfree)
NEVER_CALLED(ber_sockbuf_add_io)
NEVER_CALLED(ldap_abandon_ext)
NEVER_CALLED(ldap_err2string)
NEVER_CALLED(ldap_free_urldesc)
NEVER_CALLED(ldap_get_attribute_ber)
NEVER_CALLED(ldap_get_dn_ber)
NEVER_CALLED(ldap_get_option)
NEVER_CALLED(ldap_init_fd)
NEVER_CALLED(ldap_memfree)
NEVER_CALLED(ldap_msgfree)
NEVER_CALLED(ldap_msgtype)
NEVER_CALLED(ldap_parse_result)
NEVER_CALLED(ldap_parse_sasl_bind_result)
NEVER_CALLED(ldap_pvt_url_scheme2proto)
NEVER_CALLED(ldap_result)
NEVER_CALLED(ldap_sasl_bind)
NEVER_CALLED(ldap_search_ext)
NEVER_CALLED(ldap_set_option)
NEVER_CALLED(ldap_start_tls)
NEVER_CALLED(ldap_unbind_ext)
NEVER_CALLED(ldap_url_parse)

// Kerberos: neither Negotiate nor SOCKS5 with GSSAPI is ever switched on
NEVER_CALLED(gss_delete_sec_context)
NEVER_CALLED(gss_display_name)
NEVER_CALLED(gss_display_status)
NEVER_CALLED(gss_import_name)
NEVER_CALLED(gss_init_sec_context)
NEVER_CALLED(gss_inquire_context)
NEVER_CALLED(gss_release_buffer)
NEVER_CALLED(gss_release_name)
NEVER_CALLED(gss_unwrap)
NEVER_CALLED(gss_wrap)

// libidn2: host names are ASCII here
NEVER_CALLED(idn2_free)

// libssh2
NEVER_CALLED(libssh2_agent_connect)
NEVER_CALLED(libssh2_agent_disconnect)
NEVER_CALLED(libssh2_agent_free)
NEVER_CALLED(libssh2_agent_get_identity)
NEVER_CALLED(libssh2_agent_init)
NEVER_CALLED(libssh2_agent_list_identities)
NEVER_CALLED(libssh2_agent_userauth)
NEVER_CALLED(libssh2_channel_free)
NEVER_CALLED(libssh2_channel_read_ex)
NEVER_CALLED(libssh2_channel_send_eof)
NEVER_CALLED(libssh2_channel_wait_closed)
NEVER_CALLED(libssh2_channel_wait_eof)
NEVER_CALLED(libssh2_channel_write_ex)
NEVER_CALLED(libssh2_hostkey_hash)
NEVER_CALLED(libssh2_knownhost_add)
NEVER_CALLED(libssh2_knownhost_checkp)
NEVER_CALLED(libssh2_knownhost_del)
NEVER_CALLED(libssh2_knownhost_free)
NEVER_CALLED(libssh2_knownhost_get)
NEVER_CALLED(libssh2_knownhost_init)
NEVER_CALLED(libssh2_knownhost_readfile)
NEVER_CALLED(libssh2_knownhost_writefile)
NEVER_CALLED(libssh2_scp_recv2)
NEVER_CALLED(libssh2_scp_send64)
NEVER_CALLED(libssh2_session_abstract)
NEVER_CALLED(libssh2_session_block_directions)
NEVER_CALLED(libssh2_session_callback_set)
NEVER_CALLED(libssh2_session_disconnect_ex)
NEVER_CALLED(libssh2_session_flag)
NEVER_CALLED(libssh2_session_free)
NEVER_CALLED(libssh2_session_handshake)
NEVER_CALLED(libssh2_session_hostkey)
NEVER_CALLED(libssh2_session_init_ex)
NEVER_CALLED(libssh2_session_last_errno)
NEVER_CALLED(libssh2_session_last_error)
NEVER_CALLED(libssh2_session_method_pref)
NEVER_CALLED(libssh2_session_set_blocking)
NEVER_CALLED(libssh2_sftp_close_handle)
NEVER_CALLED(libssh2_sftp_init)
NEVER_CALLED(libssh2_sftp_last_error)
NEVER_CALLED(libssh2_sftp_mkdir_ex)
NEVER_CALLED(libssh2_sftp_open_ex)
NEVER_CALLED(libssh2_sftp_read)
NEVER_CALLED(libssh2_sftp_readdir_ex)
NEVER_CALLED(libssh2_sftp_rename_ex)
NEVER_CALLED(libssh2_sftp_rmdir_ex)
NEVER_CALLED(libssh2_sftp_seek64)
NEVER_CALLED(libssh2_sftp_shutdown)
NEVER_CALLED(libssh2_sftp_stat_ex)
NEVER_CALLED(libssh2_sftp_statvfs)
NEVER_CALLED(libssh2_sftp_symlink_ex)
NEVER_CALLED(libssh2_sftp_unlink_ex)
NEVER_CALLED(libssh2_sftp_write)
NEVER_CALLED(libssh2_userauth_authenticated)
NEVER_CALLED(libssh2_userauth_keyboard_interactive_ex)
NEVER_CALLED(libssh2_userauth_list)
NEVER_CALLED(libssh2_userauth_password_ex)
NEVER_CALLED(libssh2_userauth_publickey_fromfile_ex)
NEVER_CALLED(libssh2_version)

// libpsl: there are no cookies
NEVER_CALLED(psl_builtin)
NEVER_CALLED(psl_free)
NEVER_CALLED(psl_is_cookie_domain_acceptable)
NEVER_CALLED(psl_latest)

#undef NEVER_CALLED

}  // extern "C"
#pragma GCC visibility pop
