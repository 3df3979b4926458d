using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Tests.Support;

/// <summary>What a client says to /connect/token.</summary>
public static class Connect
{
    public static async Task<HttpResponseMessage> TokenAsync(HttpClient http, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await http.PostAsync(new Uri("/connect/token", UriKind.Relative), content);
    }

    public static Task<HttpResponseMessage> TryClientCredentialsAsync(HttpClient http, string clientId, string secret, string? scope = null) => TokenAsync(http,
    [
        ("grant_type", "client_credentials"), ("client_id", clientId), ("client_secret", secret), .. scope is null ? [] : new[] { ("scope", scope) },
    ]);

    public static async Task<JsonElement> ClientCredentialsAsync(HttpClient http, string clientId, string secret, string? scope = null) =>
        await ReadAsync(await TryClientCredentialsAsync(http, clientId, secret, scope));

    /// <summary>The answer's JSON; what else was answered is in the failure's message.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The code of a refusal: the problem's or OAuth's.</summary>
    public static async Task<string?> ErrorAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("code", out var code) ? code.GetString() : body.GetProperty("error").GetString();
    }
}

/// <summary>A browser with its cookies, as the portal sends it to sign in: authorization code with PKCE.</summary>
public sealed partial class Browser : IDisposable
{
    public const string PortalUri = "http://localhost:5090/signin-oidc";

    private readonly HttpClient http;

    public Browser(Uri address) =>
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address };

    public HttpClient Http => http;

    public string Verifier { get; } = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public string AuthorizeAddress(string? method = "S256", string redirectUri = PortalUri, string scope = "openid offline_access") => QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["client_id"] = "portal",
        ["response_type"] = "code",
        ["redirect_uri"] = redirectUri,
        ["scope"] = scope,
        ["state"] = "a-state",
        ["code_challenge"] = method is null ? null : method == "plain" ? Verifier : Challenge,
        ["code_challenge_method"] = method,
    });

    public Task<HttpResponseMessage> GetAsync(string address) => http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute));

    /// <summary>Fills in the form of the sign-in page.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string email, string password)
    {
        var html = await (await GetAsync(page)).Content.ReadAsStringAsync();
        var fields = HiddenField().Matches(html).ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value), StringComparer.Ordinal);
        fields["email"] = email;
        fields["password"] = password;
        using var form = new FormUrlEncodedContent(fields);
        return await http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
    }

    /// <summary>Opens a page and sends its form with these fields and its hidden ones.</summary>
    public async Task<HttpResponseMessage> FillAsync(string page, params (string Name, string Value)[] fields) => await FillAsync(await GetAsync(page), fields);

    /// <summary>Sends the form of a page that is open.</summary>
    public async Task<HttpResponseMessage> FillAsync(HttpResponseMessage page, params (string Name, string Value)[] fields)
    {
        var html = await page.Content.ReadAsStringAsync();
        var action = WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value);
        Assert.NotEqual("", action);
        var hidden = HiddenField().Matches(html).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)));
        using var form = new FormUrlEncodedContent(hidden.Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));
        return await http.PostAsync(new Uri(action, UriKind.Relative), form);
    }

    /// <summary>Signs in at the page itself, without going on to the portal.</summary>
    public async Task OpenSessionAsync(string email, string password) =>
        Assert.Equal(HttpStatusCode.Found, (await SubmitAsync("/sign-in", email, password)).StatusCode);

    /// <summary>Whether the session of this browser is still good: then the portal gets a code without a page in between.</summary>
    public async Task<bool> HasSessionAsync() => (await GetAsync(AuthorizeAddress())).Headers.Location!.ToString().StartsWith(PortalUri, StringComparison.Ordinal);

    /// <summary>All the way to the code that the portal gets.</summary>
    public async Task<string> CodeAsync(string email, string password)
    {
        var start = await GetAsync(AuthorizeAddress());
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        var signedIn = await SubmitAsync(start.Headers.Location!.ToString(), email, password);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        var back = await GetAsync(signedIn.Headers.Location!.ToString());
        Assert.StartsWith(PortalUri, back.Headers.Location?.ToString() ?? await back.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return QueryHelpers.ParseQuery(back.Headers.Location!.Query)["code"].ToString();
    }

    public Task<HttpResponseMessage> RedeemAsync(string code) => Connect.TokenAsync(
        http, ("grant_type", "authorization_code"), ("client_id", "portal"), ("code", code), ("redirect_uri", PortalUri), ("code_verifier", Verifier));

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) =>
        Connect.TokenAsync(http, ("grant_type", "refresh_token"), ("client_id", "portal"), ("refresh_token", refreshToken));

    public async Task<JsonElement> SignInAsync(string email, string password) =>
        await Connect.ReadAsync(await RedeemAsync(await CodeAsync(email, password)));

    public void Dispose() => http.Dispose();

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)">""")]
    private static partial Regex HiddenField();

    [GeneratedRegex("""<form method="post" action="([^"]*)">""")]
    private static partial Regex FormAction();
}
