using System.Globalization;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Imports;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Api;

/// <summary>The API as an application that can be built: by its own program, by the host beside the portal, by the tests.</summary>
public static class ApiApp
{
    /// <summary>Builds the API, ready to run; the database must be migrated by then.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(ApiApp).Assembly.GetName().Name });
        configure?.Invoke(builder);
        AddServices(builder);
        var app = builder.Build();
        UsePipeline(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var folder = new DataFolder(Path.GetFullPath(builder.Configuration["Data:Folder"] ?? "data"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxBytes;
        });

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(folder);
        services.AddSingleton(DatabaseSettings.From(builder.Configuration, folder));
        services.TryAddSingleton<Engine>(provider => Connect(provider.GetRequiredService<DatabaseSettings>()));
        services.AddSingleton(WrappingKeys.From(builder.Configuration));
        services.AddSingleton(provider => KeyRing.Open(folder.KeyRing, provider.GetRequiredService<WrappingKeys>()));
        services.AddSingleton<Database>().AddSingleton<Ids>().AddSingleton<PrivateFields>().AddSingleton<AuditDigests>().AddSingleton<AuditWriter>().AddSingleton<Cursors>().AddSingleton<FullView>();
        services.AddSingleton<Health>().AddHostedService(provider => provider.GetRequiredService<Health>());
        services.AddSingleton<TenantStore>().AddSingleton<CallerResolver>();

        services.AddSingleton<SystemWork>();
        services.AddSingleton<Assignments.AssignmentSteps>().AddHostedService<Assignments.AssignmentWorker>().AddHostedService<Assignments.AssignmentSweep>();
        services.AddSingleton<Assignments.RetentionSteps>().AddHostedService<Assignments.RetentionWorker>().AddHostedService<Assignments.RetentionSweep>();
        services.AddSingleton<Cases.DueCases>().AddHostedService<Cases.DueCasesSweep>();
        services.AddSingleton<RepaymentPlans.DuePlans>().AddHostedService<RepaymentPlans.DuePlansSweep>();
        services.AddSingleton<Promises.DuePromises>().AddHostedService<Promises.DuePromisesSweep>();
        services.AddSingleton<Cases.EvenSplit>().AddHostedService<Cases.EvenSplitSweep>();
        services.AddSingleton<Statements.MonthEnd>().AddHostedService<Statements.MonthEndSweep>();
        services.AddSingleton<ContactPoints.Standing>().AddHostedService<ContactPoints.StandingSweep>();

        services.AddSingleton<Debtors.DueErasures>().AddHostedService<Debtors.DueErasuresSweep>();
        services.AddHostedService<DirectPayments.PaymentHoldSweep>();
        services.AddSingleton<Checkpoints>().AddSingleton<Refusals>().AddSingleton<Verifier>().AddSingleton<Sealer>().AddHostedService<SealSweep>();

        services.AddSingleton(Cases.WorkAlarmSettings.From(builder.Configuration)).AddSingleton<Cases.WorkAlarm>();
        services.AddSingleton(Worklist.WorklistSettings.From(builder.Configuration));

        services.AddScoped<Work>();
        services.AddScoped<ContactPermits.ContactRules>();
        services.AddScoped<ContactRecords.ReportGrounds>();
        services.AddHostedService<IdempotencySweep>();
        services.AddSingleton<Validation>().AddSingleton<RequestPipeline>();
        services.AddSingleton(RateLimitSettings.From(builder.Configuration, builder.Environment)).AddSingleton<RateLimits>();
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddSecurityHeaders();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails();
        services.AddRequestLocalization(options =>
        {
            options.DefaultRequestCulture = new("", CallerLanguage.English);
            options.SupportedCultures = [CultureInfo.InvariantCulture];
            options.SupportedUICultures = [new(CallerLanguage.English), new(CallerLanguage.Chinese)];
            options.RequestCultureProviders = [new CallerLanguage()];
        });
        builder.AddIdentity(folder);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationProblems>();
        services.AddImports(builder.Configuration);
        EvidenceSettings.Add(services, builder.Configuration);
        services.AddSingleton(Webhooks.WebhookSettings.From(builder.Configuration)).AddSingleton<Webhooks.WebhookSignal>().AddSingleton<Webhooks.WebhookHttp>();
        services.AddSingleton<Webhooks.Sender>().AddSingleton<Webhooks.WebhookWorker>().AddHostedService(provider => provider.GetRequiredService<Webhooks.WebhookWorker>());
        services.AddContract(builder.Configuration);
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseRequestIds();
        app.UseSecurityHeaders();
        app.UseRequestLocalization();
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => ProblemWriter.WriteAsync(context.HttpContext, HttpProblems.ForStatus(context.HttpContext.Response.StatusCode)));
        app.UseRouting();
        RateLimits.UseByAddress(app);
        KnownTokens.Use(app);
        RateLimits.UseByCaller(app);
        app.UseAuthorization();
        app.Use(JsonBody.RefuseOtherCharsetsAsync);
        app.Use(Idempotency.DigestBodyAsync);
        app.MapContract();
        app.MapDocs();
        app.MapHealth();
        app.MapProblems();
        app.MapEvidenceDownloads();
        app.MapIdentity();
        app.MapVerbs();

        CompiledRoutes.Use(app);

        // Puts the routes where the contract finds them without the application having been started.
        app.UseEndpoints(_ => { });
    }

    private static Engine Connect(DatabaseSettings settings) => settings.Engine == "sqlite"
        ? new SqliteEngine(settings.Application, settings.PoolSize)
        : new SqlServerEngine(settings.Application, settings.Identity, settings.Operator, settings.PoolSize);
}
