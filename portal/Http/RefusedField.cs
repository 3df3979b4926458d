using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Agency.Portal.Http;

/// <summary>Marks the fields that a refusal names. A field's id is its form's and the API member's, <c>repay-amount</c>, as the refusal's links have it.</summary>
[HtmlTargetElement("input", Attributes = "id", TagStructure = TagStructure.WithoutEndTag)]
[HtmlTargetElement("select", Attributes = "id")]
[HtmlTargetElement("textarea", Attributes = "id")]
public sealed class RefusedField : TagHelper
{
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = default!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var id = context.AllAttributes["id"].Value?.ToString();
        if (FormPage.RefusalOf(ViewContext.HttpContext) is { } refusal && refusal.Fields.Any(field => $"{FormKey.Sent(ViewContext.HttpContext.Request).Form}-{field.Field}" == id))
        {
            output.Attributes.SetAttribute("aria-invalid", "true");
        }
    }
}
