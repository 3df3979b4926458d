using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Microsoft.AspNetCore.DataProtection;
using QRCoder;

namespace Agency.Api.Identity;

/// <summary>Where people have codes asked for besides their password, by an app of theirs, and where they stop it.</summary>
internal static class CodePage
{
    public const string Path = "/account/code";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).ExcludeFromDescription();
        routes.MapPost(Path, ChangeAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, IdentityPage page, People people, OfferedSecrets offers, CancellationToken cancellation) =>
        await SignInSession.FindPersonAsync(http, people, cancellation) is not { } person ? AccountPage.SignInFirst(http)
        : person.HasCode ? AskToRemove(http, page, null)
        : AskToAdd(http, page, person, offers.Seal(person, SecondFactor.NewSecret()), offers, null);

    private static async Task<IResult> ChangeAsync(HttpContext http, IdentityPage page, People people, OwnCredentials credentials, OfferedSecrets offers, CancellationToken cancellation)
    {
        if (await SignInSession.FindPersonAsync(http, people, cancellation) is not { } person)
        {
            return AccountPage.SignInFirst(http);
        }

        if (await IdentityPage.ReadFormAsync(http, cancellation) is not { } form)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        var words = Words.For(http);
        var (current, code, offer) = (form("current"), form("code"), form("offer"));
        if (!await page.IsOwnFormAsync(http) || (!person.HasCode && offers.Open(person, offer) is null))
        {
            return Again(new PageError(words.ErrorTitle, words.Stale, "code"), offers.Seal(person, SecondFactor.NewSecret()));
        }

        var recoveryCodes = person.HasCode ? [] : SecondFactor.NewRecoveryCodes();
        var change = person.HasCode
            ? await credentials.RemoveCodeAsync(person, current, code, http.Connection.RemoteIpAddress, cancellation)
            : await credentials.AddCodeAsync(person, current, offers.Open(person, offer)!, code, recoveryCodes, http.Connection.RemoteIpAddress, cancellation);
        if (change.SignedIn is null)
        {
            return Again(change.Refusal switch
            {
                CredentialRefusal.WrongPassword => new PageError(words.ErrorTitle, words.WrongPassword, "current"),
                CredentialRefusal.BadPassword => new PageError(words.ErrorTitle, $"{words.PasswordFirst} {change.Fault!.In(words.IsChinese ? "zh" : "en")}", "current"),
                CredentialRefusal.WrongCode => new PageError(words.ErrorTitle, words.WrongCode, "code"),
                _ => new PageError(words.ErrorTitle, words.Stale, "code"),
            }, offer);
        }

        await SignInSession.BeginAsync(http, change.SignedIn);
        return person.HasCode ? page.Show(http, words.IsChinese, words.Removed, page.LinkToPortal(words.Back)) : ShowRecoveryCodes(http, page, recoveryCodes);

        IResult Again(PageError error, string offered) => person.HasCode ? AskToRemove(http, page, error) : AskToAdd(http, page, person, offered, offers, error);
    }

    private static IResult AskToAdd(HttpContext http, IdentityPage page, PersonAccount person, string offer, OfferedSecrets offers, PageError? error)
    {
        var words = Words.For(http);
        var secret = offers.Open(person, offer)!;
        var address = SecondFactor.AddressOf(secret, person.Email);
        return page.Show(http, words.IsChinese, words.AddTitle, $$"""
            <p>{{words.Scan}}</p>
              {{Picture(address, words.Picture)}}
              <p>{{words.Secret}} <code id="secret">{{SecondFactor.TextOf(secret)}}</code></p>
              <p><code id="address">{{IdentityPage.Encode(address)}}</code></p>
              <form method="post" action="{{AccountPage.In(http, Path)}}">
                {token}
                <input type="hidden" name="offer" value="{{IdentityPage.Encode(offer)}}">
                {{Fields(words, error)}}
                <button type="submit">{{words.Add}}</button>
              </form>
            """, error);
    }

    private static IResult AskToRemove(HttpContext http, IdentityPage page, PageError? error)
    {
        var words = Words.For(http);
        return page.Show(http, words.IsChinese, words.RemoveTitle, $$"""
            <form method="post" action="{{AccountPage.In(http, Path)}}">
                {token}
                {{Fields(words, error)}}
                <button type="submit">{{words.Remove}}</button>
              </form>
            """, error);
    }

    private static string Fields(Words words, PageError? error) => $"""
        <label for="code">{words.Code}</label>
                <input id="code" name="code" type="text" autocomplete="one-time-code" required maxlength="40"{IdentityPage.Invalid(error, "code")}>
                <label for="current">{words.Password}</label>
                <input id="current" name="current" type="password" autocomplete="current-password" required maxlength="{Passwords.Longest}"{IdentityPage.Invalid(error, "current")}>
        """;

    private static IResult ShowRecoveryCodes(HttpContext http, IdentityPage page, IReadOnlyList<string> codes)
    {
        var words = Words.For(http);
        return page.Show(http, words.IsChinese, words.Added, $"""
            <p>{words.KeepThese}</p>
              <ul class="codes">
                {string.Join("\n    ", codes.Select(code => $"<li><code>{code}</code></li>"))}
              </ul>
              {page.LinkToPortal(words.Back)}
            """);
    }

    // One path of attributes alone: the page's policy allows neither styles nor pictures from elsewhere.
    private static string Picture(string address, string label)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        foreach (var (y, row) in code.ModuleMatrix.Index())
        {
            for (var x = 0; x < row.Count; x++)
            {
                if (row[x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        var size = code.ModuleMatrix.Count;
        return $"""<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>""";
    }

    private sealed record Words(
        bool IsChinese, string AddTitle, string Scan, string Picture, string Secret, string Code, string Password, string Add, string RemoveTitle, string Remove, string Removed,
        string Added, string KeepThese, string ErrorTitle, string WrongPassword, string WrongCode, string PasswordFirst, string Stale, string Back)
    {
        private static readonly Words English = new(
            false, "Ask for a code too", "Scan this with your authenticator app, then enter the code that it shows and your password.",
            "QR code for the app", "Or type this into the app:", "Code", "Password", "Ask for codes from now on",
            "Stop asking for codes", "Stop asking for codes", "You sign in by password alone",
            "You are asked for a code from now on",
            "Keep these recovery codes in a safe place: they are not shown again. Each lets you sign in once when you don't have your app. You were signed out everywhere else.",
            "Nothing was changed", "The password is wrong. After five wrong passwords an account is locked for 15 minutes.",
            "The code is wrong or was used already. After five wrong codes an account is locked for 15 minutes.",
            "Without codes your password is not good enough; change it first.",
            "The page was open for too long. Please try again.", "To the portal");

        private static readonly Words Chinese = new(
            true, "启用验证码", "请用验证器应用扫描，然后输入应用显示的验证码和您的密码。", "供验证器应用扫描的二维码", "或在应用中输入：", "验证码", "密码", "启用验证码",
            "停用验证码", "停用验证码", "今后仅凭密码登录",
            "今后登录需要验证码",
            "请妥善保管以下恢复码，它们不会再次显示。无法使用验证器应用时，每个恢复码可登录一次。您在其他设备上的登录均已退出。",
            "未作修改", "密码不正确。密码连续输错五次后，账号将锁定 15 分钟。",
            "验证码不正确或已使用。连续输错五次后，账号将锁定 15 分钟。",
            "停用验证码后，您的密码不符合要求，请先修改密码。",
            "页面停留时间过长，请重试。", "前往门户");

        public static Words For(HttpContext http) => IdentityPage.IsChinese(http, "") ? Chinese : English;
    }
}

/// <summary>
/// Carries a secret that was offered to a person through the form that confirms it: sealed, for that person and a quarter of an hour.
/// So nothing is written before it is known to work.
/// </summary>
internal sealed class OfferedSecrets(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    private readonly IDataProtector protector = protection.CreateProtector("Agency.Account.Code");

    public string Seal(PersonAccount person, byte[] secret) => protector.Protect(string.Create(
        CultureInfo.InvariantCulture, $"{person.Id}|{Convert.ToBase64String(secret)}|{(clock.GetUtcNow() + GoodFor).ToUnixTimeSeconds()}"));

    /// <summary>The secret; null when it was not offered to this person, or too long ago.</summary>
    public byte[]? Open(PersonAccount person, string offer)
    {
        try
        {
            return protector.Unprotect(offer).Split('|') is [var id, var secret, var until]
                && Id.Parse(id, null) == person.Id && long.Parse(until, CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds()
                    ? Convert.FromBase64String(secret)
                    : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
