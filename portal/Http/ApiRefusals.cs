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
            case AgencyException { StatusCode: 401 }:
                // Not straight to sign-in: an API that refuses every token would send people round for ever.
                await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                context.Result = new RedirectResult("/signed-out?expired=true");
                break;
            case AgencyException { StatusCode: 403 or 404 } refusal:
                context.Result = new StatusCodeResult(refusal.StatusCode);
                break;
            case AgencyException { StatusCode: 429 or 503 } or HttpRequestException:
            case TaskCanceledException when !context.HttpContext.RequestAborted.IsCancellationRequested:
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
