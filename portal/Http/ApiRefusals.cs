using Agency.Sdk;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Agency.Portal.Http;

/// <summary>What the API refused, as a page the person can act on. What it can't explain stays an error.</summary>
internal sealed partial class ApiRefusals(ILogger<ApiRefusals> log) : IAsyncExceptionFilter
{
    public async Task OnExceptionAsync(ExceptionContext context)
    {
        switch (context.Exception)
        {
            case AgencyUnauthorizedException:
                // Not straight to sign-in: an API that refuses every token would send people round for ever.
                await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                context.Result = new RedirectResult("/signed-out?expired=true");
                break;
            case AgencyValidationException { Code: "query.cursor_invalid" } when !PageLinks.IsFirst(context.HttpContext.Request):
                // An old bookmark, or another tenant's: the list begins anew.
                context.Result = new RedirectResult(PageLinks.ToFirst(context.HttpContext.Request));
                break;
            case AgencyForbiddenException or AgencyNotFoundException:
                context.Result = new StatusCodeResult(((AgencyException)context.Exception).StatusCode);
                break;
            case AgencyRateLimitedException or AgencyConnectionException or AgencyServerException { StatusCode: 503 }:
                LogUnreachable(context.Exception);
                context.Result = new StatusCodeResult(StatusCodes.Status503ServiceUnavailable);
                break;
            default:
                return;
        }

        context.ExceptionHandled = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The API could not be asked")]
    private partial void LogUnreachable(Exception exception);
}
