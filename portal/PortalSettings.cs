namespace Agency.Portal;

/// <summary>What the portal is told from outside. All of it stands under <c>Portal:</c>, since the API may run in the same process.</summary>
/// <param name="ApiBaseUrl">Where the API answers.</param>
/// <param name="Authority">Who signs people in: the API itself unless said otherwise.</param>
/// <param name="ClientId">The portal's name at the authority.</param>
/// <param name="DataFolder">Where the keys of its cookies are kept, so that nobody is signed out by a restart.</param>
/// <param name="AllowHttp">Whether the authority may be reached without TLS: on a developer's machine.</param>
/// <param name="IsSecure">Whether people know the portal by an https address: what <c>Portal:BaseUrl</c> says, https where it says nothing and http is not allowed.</param>
/// <param name="TimeZone">By whose clock things are told that belong to no debtor, as their own time zone tells those that do.</param>
public sealed record PortalSettings(Uri ApiBaseUrl, Uri Authority, string ClientId, string DataFolder, bool AllowHttp, bool IsSecure, string TimeZone)
{
    /// <summary>
    /// What a cookie is called. Ports share cookies, so the names are not the API's; and by the prefix a browser vouches that no other
    /// host of the domain wrote it, for which it wants TLS.
    /// </summary>
    internal string CookieName(string name) => IsSecure ? $"__Host-{name}" : name;

    internal CookieSecurePolicy CookiePolicy => IsSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    internal const string DefaultTimeZone = "Asia/Shanghai";

    internal const string DefaultUrl = "http://localhost:5090";

    /// <exception cref="InvalidOperationException">An address is not one.</exception>
    public static PortalSettings From(IConfiguration configuration, IHostEnvironment environment)
    {
        var section = configuration.GetSection("Portal");
        var api = Address(section, "ApiBaseUrl", "http://localhost:5080");
        var allowHttp = environment.IsDevelopment() || section.GetValue("AllowHttp", false);
        return new(
            api,
            Address(section, "Authority", api.AbsoluteUri),
            section["ClientId"] ?? "portal",
            Path.GetFullPath(section["DataFolder"] ?? "data"),
            allowHttp,
            section["BaseUrl"] is { } known ? known.StartsWith("https://", StringComparison.OrdinalIgnoreCase) : !allowHttp,
            section["TimeZone"] is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : DefaultTimeZone);
    }

    // The slash at the end keeps a path in the address when a relative one is put behind it.
    private static Uri Address(IConfigurationSection section, string key, string otherwise) =>
        Uri.TryCreate((section[key] ?? otherwise).TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new InvalidOperationException($"Portal:{key} is '{section[key]}': use an address like {otherwise}");
}
