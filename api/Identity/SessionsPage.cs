using System.Globalization;

namespace Agency.Api.Identity;

/// <summary>Where people see what they are signed in by, and end all of it but this browser's.</summary>
internal static class SessionsPage
{
    public const string Path = "/account/sessions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).ExcludeFromDescription();
        routes.MapPost(Path, EndOthersAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, IdentityPage page, People people, SignInStore signIns, CancellationToken cancellation) =>
        await SignInSession.FindPersonAsync(http, people, cancellation) is { } person
            ? await ListAsync(http, page, person, signIns, null, cancellation)
            : AccountPage.SignInFirst(http);

    private static async Task<IResult> EndOthersAsync(HttpContext http, IdentityPage page, People people, SignInStore signIns, OwnCredentials credentials, CancellationToken cancellation)
    {
        if (await SignInSession.FindPersonAsync(http, people, cancellation) is not { } person)
        {
            return AccountPage.SignInFirst(http);
        }

        var words = Words.For(http);
        if (!await page.IsOwnFormAsync(http) || await credentials.EndOthersAsync(person, http.Connection.RemoteIpAddress, cancellation) is not { SignedIn: { } signedIn })
        {
            return await ListAsync(http, page, person, signIns, new PageError(words.ErrorTitle, words.Stale, "end"), cancellation);
        }

        await SignInSession.BeginAsync(http, signedIn);
        return page.Show(http, words.IsChinese, words.Done, $"""
            <p>{words.DoneText}</p>
              {page.LinkToPortal(words.Back)}
            """);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IdentityPage page, PersonAccount person, SignInStore signIns, PageError? error, CancellationToken cancellation)
    {
        var words = Words.For(http);
        var standing = await signIns.ListStandingAsync(person, cancellation);
        var lines = standing.OrderByDescending(one => one.CreatedAt).Select(one => string.Create(CultureInfo.InvariantCulture, $"""
            <li>{IdentityPage.Encode(one.Client)} · <time datetime="{one.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}">{one.CreatedAt:yyyy-MM-dd HH:mm} UTC</time></li>
            """));
        return page.Show(http, words.IsChinese, words.Title, $$"""
            <p>{{(standing.Count == 0 ? words.None : words.Text)}}</p>
              <ul>{{string.Concat(lines)}}</ul>
              <p class="hint">{{words.Hint}}</p>
              <form method="post" action="{{AccountPage.In(http, Path)}}">
                {token}
                <button id="end" type="submit">{{words.Submit}}</button>
              </form>
            """, error);
    }

    private sealed record Words(
        bool IsChinese, string Title, string Text, string None, string Hint, string Submit, string ErrorTitle, string Stale, string Done, string DoneText, string Back)
    {
        private static readonly Words English = new(
            false, "Where you are signed in", "You are signed in by these, since:", "You are signed in on this page alone.",
            "If you do not know one of them, end them all and change the password.",
            "Sign out everywhere else", "Nothing was ended", "The page was open for too long. Please try again.",
            "You are signed out everywhere else", "This browser stays signed in.", "To the portal");

        private static readonly Words Chinese = new(
            true, "登录情况", "您目前的登录及开始时间：", "您仅在本页登录。",
            "如有不认识的登录，请全部退出并修改密码。",
            "退出其他所有登录", "未退出任何登录", "页面停留时间过长，请重试。",
            "已退出其他所有登录", "本浏览器保持登录。", "前往门户");

        public static Words For(HttpContext http) => IdentityPage.IsChinese(http, "") ? Chinese : English;
    }
}
