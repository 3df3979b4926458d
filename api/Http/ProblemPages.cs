using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Api.Http;

/// <summary>
/// What a problem's <c>type</c> leads to: a page, in English and Chinese, that says what happened, what to do about it and which operations answer with it.
/// All of it comes from the catalogue of problems and the contract.
/// </summary>
internal static class ProblemPages
{
    private const string Path = "/problems";

    private const string Style =
        ":root{color-scheme:light dark}body{margin:0 auto;padding:1rem;max-width:60rem;font:1rem/1.5 system-ui,\"PingFang SC\",\"Noto Sans CJK SC\",sans-serif}"
        + "code{overflow-wrap:anywhere}table{border-collapse:collapse}th,td{padding:.25rem 1rem .25rem 0;text-align:start;vertical-align:top}";

    // Nothing is loaded and nothing runs; the one style is known by its digest.
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapProblems(this WebApplication app)
    {
        app.MapGet(Path, (HttpContext http) => Show(http, "Problems", All())).ExcludeFromDescription();
        app.MapGet(Path + "/{code}", (string code, HttpContext http, ServedContract contract) => ProblemCatalogue.Find(code) is { } problem
            ? Show(http, problem.Code, One(problem, contract.OperationsWith(problem)))
            : Results.NotFound()).ExcludeFromDescription();
    }

    private static IResult Show(HttpContext http, string title, string body)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width">
              <title>{Encode(title)} – Agency</title>
              <style>{Style}</style>
            </head>
            <body>
            <main>
            {body}
            </main>
            </body>
            </html>

            """,
            "text/html; charset=utf-8");
    }

    private static string One(Problem problem, IReadOnlyList<OperationName> operations)
    {
        var (status, advice) = ($"{problem.Status} {ReasonPhrases.GetReasonPhrase(problem.Status)}", ProblemAdvice.For(problem.Status));
        var list = string.Concat(operations.Select(o => $"<li><code>{o.Method} {Encode(o.Path)}</code> <code>{o.Id}</code> {Encode(o.Summary)}</li>\n"));
        return $"""
            <h1><code>{problem.Code}</code></h1>
            <p><strong>{Encode(problem.Title)}</strong></p>
            <p>HTTP status: {status}.</p>
            <h2>What to do</h2>
            <p>{Encode(advice.English)}</p>
            <section lang="zh-CN">
            <h2>说明</h2>
            <p><strong>{Encode(problem.TitleZh)}</strong></p>
            <p>HTTP 状态码：{status}。</p>
            <h2>处理方法</h2>
            <p>{Encode(advice.Chinese)}</p>
            </section>
            <h2>Operations that answer with it <span lang="zh-CN">返回此问题的操作</span></h2>
            {(operations.Count == 0 ? "<p>Any address can. <span lang=\"zh-CN\">任何地址均可能返回。</span></p>" : $"<ul>\n{list}</ul>")}
            <p><a href="{Path}">All problems <span lang="zh-CN">全部问题</span></a></p>
            """;
    }

    private static string All() => $"""
        <h1>Problems <span lang="zh-CN">问题目录</span></h1>
        <table>
        <thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What it says</th><th scope="col" lang="zh-CN">说明</th></tr></thead>
        <tbody>
        {string.Concat(ProblemCatalogue.All.Select(problem => $"<tr><th scope=\"row\"><a href=\"{ProblemCatalogue.AddressOf(problem)}\"><code>{problem.Code}</code></a></th><td>{problem.Status}</td><td>{Encode(problem.Title)}</td><td lang=\"zh-CN\">{Encode(problem.TitleZh)}</td></tr>\n"))}</tbody>
        </table>
        """;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
