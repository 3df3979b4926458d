using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Primitives;

namespace Agency.Portal.Http;

/// <summary>
/// A field of a form that comes back refused holds what was typed, and is marked where the refusal names it. Its id is its form's and the API
/// member's, <c>repay-amount</c>, as the refusal's links have it. Hidden fields, files
/// and boxes are left alone, and so are several fields of one name: those the page fills in.
/// </summary>
[HtmlTargetElement("input", Attributes = "id", TagStructure = TagStructure.WithoutEndTag)]
[HtmlTargetElement("select", Attributes = "id")]
[HtmlTargetElement("textarea", Attributes = "id")]
public sealed class SentField : TagHelper
{
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = default!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (FormPage.RefusalOf(ViewContext.HttpContext) is not { } refusal)
        {
            return;
        }

        var request = ViewContext.HttpContext.Request;
        var (id, form) = (Text(context, "id"), FormKey.Sent(request).Form);
        if (form.Length == 0 || !id.StartsWith(form + '-', StringComparison.Ordinal))
        {
            return;
        }

        if (refusal.Fields.Any(field => $"{form}-{field.Field}" == id))
        {
            output.Attributes.SetAttribute("aria-invalid", "true");
        }

        if (request.Form.TryGetValue(Text(context, "name"), out var sent))
        {
            Fill(context, output, sent);
        }
    }

    private static void Fill(TagHelperContext context, TagHelperOutput output, StringValues sent)
    {
        switch (output.TagName, Text(context, "type"))
        {
            case ("select", _):
                context.Items[typeof(SentField)] = sent;
                break;
            case ("textarea", _):
                // A browser takes the first line break for none of the text.
                output.Content.SetHtmlContent("\n").Append(sent.ToString());
                break;
            case (_, "hidden" or "file" or "password" or "checkbox" or "radio"):
                break;
            case var _ when sent.Count == 1:
                output.Attributes.SetAttribute("value", sent.ToString());
                break;
        }
    }

    private static string Text(TagHelperContext context, string attribute) => context.AllAttributes[attribute]?.Value?.ToString() ?? "";
}

/// <summary>The choice of a list that comes back refused is the one that was sent.</summary>
[HtmlTargetElement("option", Attributes = "value")]
public sealed class SentChoice : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (context.Items.TryGetValue(typeof(SentField), out var sent))
        {
            output.Attributes.RemoveAll("selected");
            if (((StringValues)sent).Contains(context.AllAttributes["value"].Value?.ToString(), StringComparer.Ordinal))
            {
                output.Attributes.SetAttribute("selected", "selected");
            }
        }
    }
}
