using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Agency.Tests.Support;

namespace Agency.Tests.Identity;

/// <summary>Signing in by a code besides the password. The codes are worked out here by RFC 6238, not by what checks them.</summary>
public sealed partial class Codes
{
    private const string Analyst = "analyst@harbour.example";

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(20000000000, "353130")]
    public void The_codes_here_are_those_of_the_RFC(long second, string code) =>
        Assert.Equal(code, CodeAt("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(second)));

    [Fact]
    public async Task Whoever_added_codes_is_asked_for_one_and_each_is_good_once()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        var used = CodeAt(secret, service.Clock.GetUtcNow());

        var asked = await browser.SubmitAsync(await StartAsync(browser), Analyst, TestDatabase.Password);
        var replayed = await browser.FillAsync(asked, ("code", used));
        service.Clock.Advance(TimeSpan.FromSeconds(30));
        var signedIn = await browser.FillAsync(asked, ("code", CodeAt(secret, service.Clock.GetUtcNow())));
        var again = await browser.FillAsync(asked, ("code", CodeAt(secret, service.Clock.GetUtcNow())));

        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.DoesNotContain(asked.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], cookie => cookie.StartsWith("agency-sign-in=", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, replayed.StatusCode);
        Assert.StartsWith("/connect/authorize?", signedIn.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public async Task A_clock_may_be_a_step_off(int seconds, bool isTaken)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(5));

        var asked = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);
        var answer = await browser.FillAsync(asked, ("code", CodeAt(secret, service.Clock.GetUtcNow().AddSeconds(seconds))));

        Assert.Equal(isTaken ? HttpStatusCode.Found : HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_however_often_the_password_is_right_in_between()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(1));

        for (var failure = 0; failure < 5; failure++)
        {
            var asked = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.FillAsync(asked, ("code", WrongAt(secret, service.Clock.GetUtcNow())))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        service.Clock.Advance(TimeSpan.FromMinutes(16));
        var open = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);
        Assert.Equal(HttpStatusCode.Found, (await browser.FillAsync(open, ("code", CodeAt(secret, service.Clock.GetUtcNow())))).StatusCode);
        Assert.Equal("0", service.Database.Scalar($"SELECT failed_count FROM auth_person WHERE email = '{Analyst}'"));
    }

    [Fact]
    public async Task A_locked_account_takes_no_code_either()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var asked = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);

        for (var failure = 0; failure < 5; failure++)
        {
            await browser.SubmitAsync("/sign-in", Analyst, "wrong");
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.FillAsync(asked, ("code", CodeAt(secret, service.Clock.GetUtcNow())))).StatusCode);
    }

    [Fact]
    public async Task The_step_between_password_and_code_lasts_five_minutes_and_cannot_be_forged()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var asked = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);

        service.Clock.Advance(TimeSpan.FromMinutes(5));
        var late = await browser.FillAsync(asked, ("code", CodeAt(secret, service.Clock.GetUtcNow())));
        var token = Hidden(await late.Content.ReadAsStringAsync(), "token");
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token), KeyValuePair.Create("ticket", "made-up"), KeyValuePair.Create("code", CodeAt(secret, service.Clock.GetUtcNow()))]);
        var forged = await browser.Http.PostAsync(new Uri("/sign-in/code", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.StatusCode);
        Assert.Contains("<input id=\"password\"", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adding_codes_shows_a_secret_that_is_kept_sealed_and_ends_every_other_session()
    {
        await using var service = await TestService.StartAsync();
        using var elsewhere = new Browser(service.Address);
        using var browser = new Browser(service.Address);
        var given = await elsewhere.SignInAsync(Analyst, TestDatabase.Password);
        await browser.OpenSessionAsync(Analyst, TestDatabase.Password);

        var page = await browser.GetAsync("/account/code");
        var html = await page.Content.ReadAsStringAsync();
        var secret = SecretOf(html);
        var added = await browser.FillAsync(page, ("code", CodeAt(secret, service.Clock.GetUtcNow())), ("current", TestDatabase.Password));
        var codes = RecoveryCode().Matches(await added.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        Assert.Contains($"otpauth://totp/Agency:analyst%40harbour.example?secret={secret}&issuer=Agency&algorithm=SHA1&digits=6&period=30", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("<svg class=\"qr\" role=\"img\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal("no-store", added.Headers.CacheControl?.ToString());
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.False(await elsewhere.HasSessionAsync());
        Assert.True(await browser.HasSessionAsync());
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await elsewhere.RefreshAsync(given.GetProperty("refresh_token").GetString()!)));
        Assert.Equal("2", service.Database.Scalar("SELECT tenant_id FROM base_audit_entry WHERE action = 'person.code_added' AND person_id = subject_id"));

        var stored = Convert.FromHexString(service.Database.Scalar($"SELECT hex(totp_cipher) FROM auth_person WHERE email = '{Analyst}'")!);
        Assert.Equal(-1, stored.AsSpan().IndexOf(FromBase32(secret)));
        Assert.Equal("10", service.Database.Scalar("SELECT COUNT(*) FROM auth_recovery_code WHERE length(digest) = 32 AND used_at IS NULL"));
        Assert.Equal("0", service.Database.Scalar($"SELECT COUNT(*) FROM auth_recovery_code WHERE digest IN (X'{Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(codes[0].Replace("-", "", StringComparison.Ordinal))))}')"));
    }

    [Theory]
    [InlineData("000000", TestDatabase.Password, "The code is wrong")]
    [InlineData(null, "wrong", "The password is wrong")]
    public async Task Codes_are_added_only_by_a_code_and_the_password(string? code, string password, string said)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await browser.OpenSessionAsync(Analyst, TestDatabase.Password);
        var page = await browser.GetAsync("/account/code");
        var secret = SecretOf(await page.Content.ReadAsStringAsync());

        var answer = await browser.FillAsync(page, ("code", code is null ? CodeAt(secret, service.Clock.GetUtcNow()) : WrongAt(secret, service.Clock.GetUtcNow())), ("current", password));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Contains(said, html, StringComparison.Ordinal);
        Assert.Equal(secret, SecretOf(html));
        Assert.Equal("1", service.Database.Scalar($"SELECT failed_count FROM auth_person WHERE email = '{Analyst}' AND totp_cipher IS NULL"));
    }

    [Fact]
    public async Task A_secret_is_confirmed_only_by_the_person_it_was_offered_to()
    {
        await using var service = await TestService.StartAsync();
        using var analyst = new Browser(service.Address);
        using var approver = new Browser(service.Address);
        await analyst.OpenSessionAsync(Analyst, TestDatabase.Password);
        await approver.OpenSessionAsync("approver@harbour.example", TestDatabase.Password);
        var offered = await (await analyst.GetAsync("/account/code")).Content.ReadAsStringAsync();
        var token = Hidden(await (await approver.GetAsync("/account/code")).Content.ReadAsStringAsync(), "token");

        using var form = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("token", token), KeyValuePair.Create("offer", Hidden(offered, "offer")),
            KeyValuePair.Create("code", CodeAt(SecretOf(offered), service.Clock.GetUtcNow())), KeyValuePair.Create("current", TestDatabase.Password),
        ]);
        var answer = await approver.Http.PostAsync(new Uri("/account/code", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM auth_person WHERE totp_cipher IS NOT NULL"));
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (_, codes) = await AddAsync(service, browser);

        var asked = await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password);
        var first = await browser.FillAsync(asked, ("code", codes[3].ToLowerInvariant()));
        var second = await browser.FillAsync(asked, ("code", codes[3]));
        var other = await browser.FillAsync(asked, ("code", codes[4].Replace("-", " ", StringComparison.Ordinal)));

        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.UnprocessableEntity, HttpStatusCode.Found), (first.StatusCode, second.StatusCode, other.StatusCode));
        Assert.Equal("8", service.Database.Scalar("SELECT COUNT(*) FROM auth_recovery_code WHERE used_at IS NULL"));
    }

    [Fact]
    public async Task Codes_are_removed_by_a_code_and_then_the_password_is_enough()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, codes) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(1));

        var without = await browser.FillAsync("/account/code", ("code", WrongAt(secret, service.Clock.GetUtcNow())), ("current", TestDatabase.Password));
        var removed = await browser.FillAsync("/account/code", ("code", CodeAt(secret, service.Clock.GetUtcNow())), ("current", TestDatabase.Password));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM auth_recovery_code"));
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'person.code_removed'"));
        Assert.Equal(10, codes.Count);
    }

    [Fact]
    public async Task Beside_codes_twelve_characters_are_enough_and_without_them_no_longer()
    {
        const string Twelve = "kettle-plum4";
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var (secret, _) = await AddAsync(service, browser);
        service.Clock.Advance(TimeSpan.FromMinutes(1));

        var changed = await browser.FillAsync("/account/password", ("current", TestDatabase.Password), ("password", Twelve), ("again", Twelve));
        var kept = await browser.FillAsync("/account/code?ui_locales=en", ("code", CodeAt(secret, service.Clock.GetUtcNow())), ("current", Twelve));

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, kept.StatusCode);
        Assert.Contains("at least 15 characters", await kept.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM auth_person WHERE totp_cipher IS NOT NULL"));
    }

    [Theory]
    [InlineData("zh-CN", "输入验证码")]
    [InlineData("en", "Enter a code")]
    public async Task The_page_that_asks_for_a_code_speaks_the_language_of_the_one_before(string language, string title)
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await AddAsync(service, browser);

        var asked = await browser.SubmitAsync($"/sign-in?return={Uri.EscapeDataString($"/connect/authorize?ui_locales={language}")}", Analyst, TestDatabase.Password);

        var html = await asked.Content.ReadAsStringAsync();
        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    /// <summary>Signs in and adds codes: the secret, and the recovery codes that were shown.</summary>
    internal static async Task<(string Secret, IReadOnlyList<string> RecoveryCodes)> AddAsync(TestService service, Browser browser, string email = Analyst)
    {
        await browser.OpenSessionAsync(email, TestDatabase.Password);
        var page = await browser.GetAsync("/account/code?ui_locales=en");
        var secret = SecretOf(await page.Content.ReadAsStringAsync());
        var added = await browser.FillAsync(page, ("code", CodeAt(secret, service.Clock.GetUtcNow())), ("current", TestDatabase.Password));
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        return (secret, [.. RecoveryCode().Matches(await added.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value)]);
    }

    internal static string CodeAt(string secret, DateTimeOffset at)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238 is of SHA-1, and so are the apps.
        var mac = HMACSHA1.HashData(FromBase32(secret), step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 15, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    // Of no step that is near: a fixed number would be right once in a while.
    private static string WrongAt(string secret, DateTimeOffset at)
    {
        string[] near = [.. Enumerable.Range(-2, 5).Select(step => CodeAt(secret, at.AddSeconds(30 * step)))];
        return Enumerable.Range(0, near.Length + 1).Select(number => number.ToString("D6", CultureInfo.InvariantCulture)).First(code => !near.Contains(code, StringComparer.Ordinal));
    }

    private static async Task<string> StartAsync(Browser browser) => (await browser.GetAsync($"{browser.AuthorizeAddress()}&prompt=login")).Headers.Location!.ToString();

    private static string SecretOf(string html) => SecretText().Match(html).Groups[1].Value;

    private static string Hidden(string html, string name) => WebUtility.HtmlDecode(Regex.Match(html, $"""<input type="hidden" name="{name}" value="([^"]*)">""").Groups[1].Value);

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(octet => octet.Length == 8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }

    [GeneratedRegex("""<code id="secret">([A-Z2-7]+)</code>""")]
    private static partial Regex SecretText();

    [GeneratedRegex("<li><code>([A-Z2-7-]{19})</code></li>")]
    private static partial Regex RecoveryCode();
}
