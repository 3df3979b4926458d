using System.Net;
using Agency.Api.Http;

namespace Agency.Api.Webhooks;

/// <summary>What webhooks may reach and how they run, read from the configuration section <c>Webhooks</c>.</summary>
/// <param name="AllowHttp">Messages may be sent without TLS: for trying things out on one machine.</param>
/// <param name="AllowedNetworks">Networks that may be called although they are not public, in CIDR form: a receiver beside the service.</param>
/// <param name="Background">Whether this instance sends; one that only answers requests leaves it to the others.</param>
internal sealed record WebhookSettings(bool AllowHttp, IReadOnlyList<IPNetwork> AllowedNetworks, bool Background)
{
    public static WebhookSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Webhooks");
        return new(
            section.GetValue("AllowHttp", false),
            [.. (section.GetSection("AllowedNetworks").Get<string[]>() ?? []).Select(IPNetwork.Parse)],
            section.GetValue("Background", true));
    }

    public bool MayConnectTo(IPAddress address) => Address.IsPublic(address) || AllowedNetworks.Any(network => network.Contains(address));

    /// <summary>
    /// Refuses an address that could never be sent to, so that the mistake is told when it is made. Names are looked up and
    /// judged each time a message is sent: what a name means can change.
    /// </summary>
    public void RefuseUnlessAllowed(string url)
    {
        var reason = Uri.TryCreate(url, UriKind.Absolute, out var address) ? WhyNot(address) : "url.malformed";
        if (reason is not null)
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("/url", reason, "An https address of a public host, without a user name or a fragment."));
        }
    }

    private string? WhyNot(Uri address) => address switch
    {
        { Scheme: not ("https" or "http") } => "url.scheme",
        { Scheme: "http" } when !AllowHttp => "url.scheme",
        { UserInfo.Length: > 0 } or { Fragment.Length: > 0 } or { IdnHost.Length: 0 } => "url.malformed",
        _ when IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip) && !MayConnectTo(ip) => "url.not_public",
        _ when address.IdnHost.TrimEnd('.') is var host && (host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)) && !MayConnectTo(IPAddress.Loopback) => "url.not_public",
        _ => null,
    };
}
