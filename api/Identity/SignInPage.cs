using System.Globalization;
using System.Security.Cryptography;
using Agency.Api.Data;
using Microsoft.AspNetCore.DataProtection;

namespace Agency.Api.Identity;

/// <summary>
/// Where people sign in, by password and then by code where they have such. It says the same, after the same work, whether the
/// address is unknown, the password wrong or the account locked.
/// </summary>
internal static class SignInPage
{
    public const string Path = "/sign-in";
    private const string CodeStepPath = "/sign-in/code";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).ExcludeFromDescription();
        routes.MapPost(Path, SignInAsync).ExcludeFromDescription();
        routes.MapPost(CodeStepPath, ProveByCodeAsync).ExcludeFromDescription();
        routes.MapGet(IdentityPage.StylePath, () => Results.Text(IdentityPage.Style, "text/css")).ExcludeFromDescription();
    }

    private static IResult Show(HttpContext http, IdentityPage page) => AskPassword(http, page, http.Request.Query[IdentityPage.ReturnParameter].ToString(), "", null);

    private static async Task<IResult> SignInAsync(HttpContext http, IdentityPage page, Proofs proofs, CodeTickets tickets, CancellationToken cancellation)
    {
        if (await IdentityPage.ReadFormAsync(http, cancellation) is not { } form)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        var (back, email, password) = (form(IdentityPage.ReturnParameter), form("email"), form("password"));
        var words = Words.For(http, back);
        if (!await page.IsOwnFormAsync(http))
        {
            return AskPassword(http, page, back, email, words.Stale);
        }

        if (email.Length is 0 or > 254 || password.Length is 0 or > Passwords.Longest)
        {
            return AskPassword(http, page, back, email, words.Incomplete);
        }

        if (await proofs.PasswordAsync(email, password, cancellation) is not { } person)
        {
            return AskPassword(http, page, back, email, words.Refused);
        }

        var who = new SignedIn(person.Id, person.CredentialVersion);
        return person.HasCode ? AskCode(http, page, back, tickets.Seal(who), null) : await LeadOnAsync(http, page, who, back);
    }

    private static async Task<IResult> ProveByCodeAsync(HttpContext http, IdentityPage page, Proofs proofs, CodeTickets tickets, CancellationToken cancellation)
    {
        if (await IdentityPage.ReadFormAsync(http, cancellation) is not { } form)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        var (back, ticket, code) = (form(IdentityPage.ReturnParameter), form("ticket"), form("code"));
        var words = Words.For(http, back);
        if (!await page.IsOwnFormAsync(http) || tickets.Open(ticket) is not { } who)
        {
            return AskPassword(http, page, back, "", words.Stale);
        }

        return await proofs.CodeAsync(who, code, cancellation) is null
            ? AskCode(http, page, back, ticket, words.CodeRefused)
            : await LeadOnAsync(http, page, who, back);
    }

    private static async Task<IResult> LeadOnAsync(HttpContext http, IdentityPage page, SignedIn who, string back)
    {
        await SignInSession.BeginAsync(http, who);
        return Results.Redirect(IdentityPage.IsOurs(back) ? back : page.Portal);
    }

    private static IResult AskPassword(HttpContext http, IdentityPage page, string back, string email, string? wrong)
    {
        var words = Words.For(http, back);
        var error = wrong is null ? null : new PageError(words.ErrorTitle, wrong, "email");
        var invalid = IdentityPage.Invalid(error, "email");
        return page.Show(http, words.IsChinese, words.Title, $$"""
            <form method="post" action="{{Path}}">
                {token}
                <input type="hidden" name="{{IdentityPage.ReturnParameter}}" value="{{Back(back)}}">
                <label for="email">{{words.Email}}</label>
                <input id="email" name="email" type="email" value="{{IdentityPage.Encode(email)}}" autocomplete="username" required maxlength="254"{{invalid}}>
                <label for="password">{{words.Password}}</label>
                <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="{{Passwords.Longest}}"{{invalid}}>
                <button type="submit">{{words.Submit}}</button>
              </form>
            """, error);
    }

    private static IResult AskCode(HttpContext http, IdentityPage page, string back, string ticket, string? wrong)
    {
        var words = Words.For(http, back);
        var error = wrong is null ? null : new PageError(words.ErrorTitle, wrong, "code");
        return page.Show(http, words.IsChinese, words.CodeTitle, $$"""
            <form method="post" action="{{CodeStepPath}}">
                {token}
                <input type="hidden" name="{{IdentityPage.ReturnParameter}}" value="{{Back(back)}}">
                <input type="hidden" name="ticket" value="{{IdentityPage.Encode(ticket)}}">
                <label for="code">{{words.Code}}</label>
                <input id="code" name="code" type="text" autocomplete="one-time-code" required maxlength="40" aria-describedby="hint"{{(error is null ? "" : " aria-invalid=\"true\"")}}>
                <p class="hint" id="hint">{{words.CodeHint}}</p>
                <button type="submit">{{words.Submit}}</button>
              </form>
            """, error);
    }

    private static string Back(string back) => IdentityPage.Encode(IdentityPage.IsOurs(back) ? back : "");

    private sealed record Words(
        bool IsChinese, string Title, string Email, string Password, string Submit, string CodeTitle, string Code, string CodeHint, string ErrorTitle, string Refused, string Incomplete, string Stale, string CodeRefused)
    {
        private static readonly Words English = new(
            false, "Sign in", "E-mail address", "Password", "Sign in", "Enter a code", "Code",
            "The six digits that your app shows, or one of your recovery codes.", "You are not signed in",
            "The e-mail address or the password is wrong. After five wrong passwords an account is locked for 15 minutes.",
            "Enter your e-mail address and your password.",
            "The page was open for too long. Please sign in again.",
            "The code is wrong or was used already. After five wrong codes an account is locked for 15 minutes.");

        private static readonly Words Chinese = new(
            true, "登录", "电子邮箱", "密码", "登录", "输入验证码", "验证码", "验证器应用显示的六位数字，或一个恢复码。", "登录未成功",
            "电子邮箱或密码不正确。密码连续输错五次后，账号将锁定 15 分钟。",
            "请输入电子邮箱和密码。",
            "页面停留时间过长，请重新登录。",
            "验证码不正确或已使用。连续输错五次后，账号将锁定 15 分钟。");

        public static Words For(HttpContext http, string back) => IdentityPage.IsChinese(http, back) ? Chinese : English;
    }
}

/// <summary>Carries who proved their password to the page that asks for the code: sealed, for five minutes. It opens nothing by itself.</summary>
internal sealed class CodeTickets(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    private readonly IDataProtector protector = protection.CreateProtector("Agency.SignIn.Code");

    public string Seal(SignedIn who) => protector.Protect(string.Create(
        CultureInfo.InvariantCulture, $"{who.Person}|{who.CredentialVersion}|{(clock.GetUtcNow() + GoodFor).ToUnixTimeSeconds()}"));

    /// <summary>Who it is; null when it is no ticket of ours or too old.</summary>
    public SignedIn? Open(string ticket)
    {
        try
        {
            return protector.Unprotect(ticket).Split('|') is [var id, var version, var until]
                && long.Parse(until, CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds()
                    ? new SignedIn(Id.Parse(id, null), int.Parse(version, CultureInfo.InvariantCulture))
                    : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
