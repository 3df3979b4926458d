using System.Net;
using System.Text.RegularExpressions;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>A person at a browser without scripts: cookies, redirects, forms.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly Uri portal;
    private readonly HttpClient http;

    public Visitor(Uri portal, string language = "en")
    {
        this.portal = portal;
        http = new HttpClient(new HttpClientHandler { CookieContainer = Cookies, AllowAutoRedirect = true, MaxAutomaticRedirections = 12 });
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
    }

    public CookieContainer Cookies { get; } = new();

    public async Task<Page> OpenAsync(string address) => await ReadAsync(await http.GetAsync(new Uri(portal, address)));

    public async Task<Page> SignInAsync(string email, string start = "/cases")
    {
        var form = await OpenAsync(start);
        Assert.Equal("/sign-in", form.Address.AbsolutePath);
        return await SubmitAsync(form, "/sign-in", ("email", email), ("password", TestDatabase.Password));
    }

    /// <summary>Sends a form of the page with its hidden fields.</summary>
    public async Task<Page> SubmitAsync(Page page, string action, params (string Name, string Value)[] fields)
    {
        var form = Form().Matches(page.Html).Select(match => match.Value).First(html => html.Contains($"action=\"{WebUtility.HtmlEncode(action)}\"", StringComparison.Ordinal));
        var hidden = HiddenField().Matches(form).Select(match => Hidden(match.Value));
        using var content = new FormUrlEncodedContent([.. hidden.Concat(fields).Select(field => KeyValuePair.Create(field.Item1, field.Item2))]);
        return await ReadAsync(await http.PostAsync(new Uri(page.Address, action), content));
    }

    /// <summary>Sends a form by a button that has an address of its own.</summary>
    public Task<Page> SubmitAsync(Page page, string action, string button, params (string Name, string Value)[] fields) =>
        SubmitAsync(page with { Html = page.Html.Replace($"action=\"{action}\"", $"action=\"{button}\"", StringComparison.Ordinal) }, button, fields);

    /// <summary>Sends a form with a file: its hidden fields, what was filled in, then the file.</summary>
    public async Task<Page> UploadAsync(Page page, string action, string name, string file, params (string Name, string Value)[] fields)
    {
        var form = Form().Matches(page.Html).Select(match => match.Value).First(html => html.Contains($"action=\"{action}\"", StringComparison.Ordinal));
        using var content = new MultipartFormDataContent();
        foreach (var (field, value) in HiddenField().Matches(form).Select(match => Hidden(match.Value)))
        {
            content.Add(new StringContent(value), field);
        }

        foreach (var (field, value) in fields)
        {
            content.Add(new StringContent(value), field);
        }

        // A browser sends a field where nothing was chosen.
        if (name.Length == 0)
        {
            content.Add(new StringContent(""), "file");
        }
        else
        {
            content.Add(new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(file)), "file", name);
        }

        return await ReadAsync(await http.PostAsync(new Uri(page.Address, action), content));
    }

    public async Task<Page> PostAsync(string address, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await ReadAsync(await http.PostAsync(new Uri(portal, address), content));
    }

    public void Dispose() => http.Dispose();

    // Decoded last: a value may have quotes of its own.
    private static (string Name, string Value) Hidden(string tag) =>
        (WebUtility.HtmlDecode(Name().Match(tag).Groups["it"].Value), WebUtility.HtmlDecode(Value().Match(tag).Groups["it"].Value));

    private static async Task<Page> ReadAsync(HttpResponseMessage answer) =>
        new(answer.RequestMessage!.RequestUri!, answer, await answer.Content.ReadAsStringAsync());

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex HiddenField();

    [GeneratedRegex("name=\"(?<it>[^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("value=\"(?<it>[^\"]*)\"")]
    private static partial Regex Value();
}

/// <summary>What a visitor sees, and where they ended up.</summary>
public sealed record Page(Uri Address, HttpResponseMessage Answer, string Html)
{
    public HttpStatusCode Status => Answer.StatusCode;

    public string? Header(string name) => Answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
