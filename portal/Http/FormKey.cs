using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Agency.Portal.Http;

/// <summary>
/// Gives every form that posts an idempotency key of its own, and its id. A form that comes back refused keeps its key: the API keeps none of
/// what it refused, and what a form did before a later step was refused must not be done again.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post]")]
public sealed class FormKey : TagHelper
{
    private const string KeyField = "form-key";
    private const string FormField = "form-id";

    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = default!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var id = context.AllAttributes["id"]?.Value?.ToString() ?? "";
        var sent = Sent(ViewContext.HttpContext.Request);
        var key = id.Length > 0 && sent.Form == id && sent.Key is { } kept ? kept : RandomNumberGenerator.GetHexString(32, lowercase: true);
        output.PreContent.AppendHtml($"<input type=\"hidden\" name=\"{KeyField}\" value=\"").Append(key).AppendHtml("\">");
        output.PreContent.AppendHtml($"<input type=\"hidden\" name=\"{FormField}\" value=\"").Append(id).AppendHtml("\">");
    }

    /// <summary>The form that was sent, and its key.</summary>
    internal static (string Form, string? Key) Sent(HttpRequest request) => request.HasFormContentType && request.Method == HttpMethods.Post
        ? (request.Form[FormField].ToString(), request.Form[KeyField] is [{ Length: > 0 and <= 200 } key, ..] ? key : null)
        : ("", null);
}
