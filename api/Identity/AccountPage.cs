using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>What a person can do about their own credentials, on pages like that of sign-in.</summary>
internal static class AccountPage
{
    public const string Path = "/account";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).ExcludeFromDescription();
        PasswordPage.Map(routes);
        CodePage.Map(routes);
        SessionsPage.Map(routes);
    }

    /// <summary>The address of one of these pages in the language of this one.</summary>
    public static string In(HttpContext http, string path) => $"{path}?{OpenIddictConstants.Parameters.UiLocales}={(IdentityPage.IsChinese(http, "") ? "zh-CN" : "en")}";

    /// <summary>To the sign-in page, and back here.</summary>
    public static IResult SignInFirst(HttpContext http) =>
        Results.Challenge(new() { RedirectUri = In(http, http.Request.Path) }, [SignInSession.Scheme]);

    private static async Task<IResult> ShowAsync(HttpContext http, IdentityPage page, People people, CancellationToken cancellation)
    {
        if (await SignInSession.FindPersonAsync(http, people, cancellation) is not { } person)
        {
            return SignInFirst(http);
        }

        var isChinese = IdentityPage.IsChinese(http, "");
        var (title, password, code, sessions) = isChinese
            ? ("登录安全", "修改密码", person.HasCode ? "停用验证码" : "启用验证码", "登录情况")
            : ("Sign-in and security", "Change the password", person.HasCode ? "Stop asking for codes" : "Ask for a code too", "Where you are signed in");
        return page.Show(http, isChinese, title, $"""
            <p>{IdentityPage.Encode(person.Email)}</p>
              <ul>
                <li><a href="{In(http, PasswordPage.Path)}">{password}</a></li>
                <li><a href="{In(http, CodePage.Path)}">{code}</a></li>
                <li><a href="{In(http, SessionsPage.Path)}">{sessions}</a></li>
                <li><a href="{IdentityPage.Encode(page.Portal)}">{(isChinese ? "返回" : "Back")}</a></li>
              </ul>
            """);
    }
}

/// <summary>Where people change their password. All they were signed in by before ends, here alone they stay.</summary>
internal static class PasswordPage
{
    public const string Path = "/account/password";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).ExcludeFromDescription();
        routes.MapPost(Path, ChangeAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, IdentityPage page, People people, CancellationToken cancellation) =>
        await SignInSession.FindPersonAsync(http, people, cancellation) is { } person ? Ask(http, page, person, null) : AccountPage.SignInFirst(http);

    private static async Task<IResult> ChangeAsync(HttpContext http, IdentityPage page, People people, OwnCredentials credentials, CancellationToken cancellation)
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
        var (current, password, again) = (form("current"), form("password"), form("again"));
        if (!await page.IsOwnFormAsync(http))
        {
            return Ask(http, page, person, new PageError(words.ErrorTitle, words.Stale, "current"));
        }

        if (password != again)
        {
            return Ask(http, page, person, new PageError(words.ErrorTitle, words.Different, "again"));
        }

        var change = await credentials.ChangePasswordAsync(person, current, password, http.Connection.RemoteIpAddress, cancellation);
        if (change.SignedIn is null)
        {
            return Ask(http, page, person, change.Refusal switch
            {
                CredentialRefusal.BadPassword => new PageError(words.ErrorTitle, change.Fault!.In(words.IsChinese ? "zh" : "en"), "password"),
                CredentialRefusal.Overtaken => new PageError(words.ErrorTitle, words.Stale, "current"),
                _ => new PageError(words.ErrorTitle, words.Wrong, "current"),
            });
        }

        await SignInSession.BeginAsync(http, change.SignedIn);
        return page.Show(http, words.IsChinese, words.Done, $"""
            <p>{words.DoneText}</p>
              {page.LinkToPortal(words.Back)}
            """);
    }

    private static IResult Ask(HttpContext http, IdentityPage page, PersonAccount person, PageError? error)
    {
        var words = Words.For(http);
        return page.Show(http, words.IsChinese, words.Title, $$"""
            <form method="post" action="{{AccountPage.In(http, Path)}}">
                {token}
                <label for="current">{{words.Current}}</label>
                <input id="current" name="current" type="password" autocomplete="current-password" required maxlength="{{Passwords.Longest}}"{{IdentityPage.Invalid(error, "current")}}>
                <label for="password">{{words.New}}</label>
                <input id="password" name="password" type="password" autocomplete="new-password" required maxlength="{{Passwords.Longest}}"{{IdentityPage.Invalid(error, "password")}}>
                <p class="hint">{{(person.HasCode ? words.RuleBesideCode : words.Rule)}}</p>
                <label for="again">{{words.Again}}</label>
                <input id="again" name="again" type="password" autocomplete="new-password" required maxlength="{{Passwords.Longest}}"{{IdentityPage.Invalid(error, "again")}}>
                <button type="submit">{{words.Submit}}</button>
              </form>
            """, error);
    }

    private sealed record Words(
        bool IsChinese, string Title, string Current, string New, string Again, string Rule, string RuleBesideCode, string Submit,
        string ErrorTitle, string Wrong, string Different, string Stale, string Done, string DoneText, string Back)
    {
        private static readonly Words English = new(
            false, "Change the password", "Password now", "New password", "New password once more",
            "At least 15 characters that are hard to guess: several words that don't belong together.",
            "At least 12 characters that are hard to guess: several words that don't belong together.",
            "Change the password", "The password was not changed",
            "That is not your password now. After five wrong passwords an account is locked for 15 minutes.",
            "The new password is not the same both times.",
            "The page was open for too long. Please try again.",
            "The password was changed", "You were signed out everywhere else.", "To the portal");

        private static readonly Words Chinese = new(
            true, "修改密码", "当前密码", "新密码", "再次输入新密码",
            "至少 15 个字符，且不易猜测：请使用多个互不相关的词语。",
            "至少 12 个字符，且不易猜测：请使用多个互不相关的词语。",
            "修改密码", "密码未修改",
            "当前密码不正确。密码连续输错五次后，账号将锁定 15 分钟。",
            "两次输入的新密码不一致。",
            "页面停留时间过长，请重试。",
            "密码已修改", "您在其他设备上的登录均已退出。", "前往门户");

        public static Words For(HttpContext http) => IdentityPage.IsChinese(http, "") ? Chinese : English;
    }
}
