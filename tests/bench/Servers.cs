using System.Diagnostics;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agency.Api;
using Agency.Api.Accounts;
using Agency.Api.AuditLog;
using Agency.Api.Cases;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Dapper;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.Bench;

/// <summary>The two servers that are compared: the API as it is, and the least that could answer the same.</summary>
internal static class Servers
{
    private const string Issuer = "http://bench.example/";

    public static string Database(string folder) => $"Data Source={Path.Combine(folder, "agency.db")}";

    /// <summary>A plain pooled connection, foreign keys on as the service has them.</summary>
    public static SqliteConnection OpenPlain(string folder)
    {
        var connection = new SqliteConnection($"{Database(folder)};Foreign Keys=True");
        connection.Open();
        return connection;
    }

    public static WebApplication BuildApi(string folder) => ApiApp.Build([], builder =>
    {
        Configure(builder);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Data:Folder"] = folder,
            ["Identity:AllowHttp"] = "true",
            ["Identity:Issuer"] = Issuer,
            ["RateLimit:Requests"] = "1000000",
        });
    });

    public static Task<int> RunApiAsync(string folder) => ServeAsync(BuildApi(folder));

    public static async Task<int> RunBareAsync(string folder)
    {
        var builder = WebApplication.CreateBuilder();
        Configure(builder);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Ids>();
        builder.Services.AddSingleton(KeyRing.Open(Path.Combine(folder, "keys", "ring.json"))).AddSingleton<PrivateFields>().AddSingleton<Api.AuditLog.AuditDigests>().AddSingleton<AuditWriter>();
        builder.Services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(jwt =>
        {
            jwt.MapInboundClaims = false;
            jwt.TokenValidationParameters.ValidIssuer = Issuer;
            jwt.TokenValidationParameters.ValidateAudience = false;
            jwt.TokenValidationParameters.IssuerSigningKey = SigningKey.Open(Path.Combine(folder, "keys", "signing.pem"));
        });
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        BareVerbs.Map(app, folder);
        return await ServeAsync(app);
    }

    private static void Configure(WebApplicationBuilder builder)
    {
        builder.Environment.EnvironmentName = Environments.Production;
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // What a child says on its output is answers to its parent.
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // The parent's end of our input is what keeps us alive.
    private static async Task<int> ServeAsync(WebApplication app)
    {
        await using (app)
        {
            await app.StartAsync();
            await Console.Out.WriteLineAsync(app.Urls.First());
            while (await Console.In.ReadLineAsync() is not null)
            {
                await Console.Out.WriteLineAsync(GC.GetTotalAllocatedBytes().ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            await app.StopAsync();
        }

        return 0;
    }
}

/// <summary>The same reads and writes as bare handlers: no tenant rules, validation, conditions or replay.</summary>
internal sealed class BareVerbs(string folder, PrivateFields fields, AuditDigests digests, AuditWriter audit, Ids ids, TimeProvider clock)
{
    private const string InsertIdempotency = """
        INSERT INTO base_idempotency_record (tenant_id, key_hash, request_hash, status, location, body_cipher, created_at)
        VALUES (@tenant, @keyHash, @requestHash, 201, @location, @body, @now)
        """;

    private static readonly string FindCase = Statements.OnBase(Statements.FindCase);
    private static readonly string ListCases = Statements.OnBase(Statements.ListCases);
    private static readonly string InsertRecord = Statements.OnBase(Statements.InsertRecord);
    private static readonly string InsertNote = Statements.OnBase(Statements.InsertNote);
    private static readonly string InsertAudit = Statements.OnBase(Statements.InsertAudit);
    private static readonly string InsertEvent = Statements.OnBase(Statements.InsertEvent);
    private static readonly string SetContact = Statements.OnBase(Statements.SetContact);
    private static readonly string HoldsOfPage = Statements.OnBase(Statements.HoldsOfPage);

    private readonly Dictionary<string, TenantInfo> tenants = ReadTenants(folder);

    public static void Map(WebApplication app, string folder)
    {
        Rows.Register();
        var bare = ActivatorUtilities.CreateInstance<BareVerbs>(app.Services, folder);
        app.MapGet("/v1/cases/{id}", bare.FindAsync).RequireAuthorization();
        app.MapGet("/v1/cases", bare.ListAsync).RequireAuthorization();
        app.MapPost("/v1/cases/{id}/contact-records", bare.ReportAsync).RequireAuthorization();
    }

    private async Task<IResult> FindAsync(Id id, ClaimsPrincipal user)
    {
        var work = Begin(user);
        await using var connection = Servers.OpenPlain(folder);
        var rows = await CasesAsync(connection, null, FindCase, new { tenant = work.Tenant, id });
        return Results.Json(rows.Single().View(work, await HoldsAsync(connection, rows)), Json.Options);
    }

    private async Task<IResult> ListAsync(int limit, ClaimsPrincipal user)
    {
        var work = Begin(user);
        await using var connection = Servers.OpenPlain(folder);
        var rows = await CasesAsync(connection, null, ListCases, new { tenant = work.Tenant, after = default(Id), take = limit + 1 });
        var holds = await HoldsAsync(connection, rows);
        return Results.Json(new { items = rows.Take(limit).Select(row => row.View(work, holds)).ToList(), next = rows.Count > limit ? rows[limit - 1].Case.CaseId : default }, Json.Options);
    }

    private async Task<IResult> ReportAsync(Id id, NewContactRecord contact, ClaimsPrincipal user, HttpRequest request)
    {
        var work = Begin(user);
        await using var connection = Servers.OpenPlain(folder);
        await using var transaction = connection.BeginTransaction(deferred: false);
        var @case = (await CasesAsync(connection, transaction, FindCase, new { tenant = work.Tenant, id })).Single().Case;
        var record = ids.New();
        var bank = @case.BankId;
        await connection.ExecuteAsync(InsertRecord, new
        {
            bank,
            id = record,
            tenant = work.Tenant,
            @case = id,
            account = @case.AccountId,
            channel = Words.Of(contact.Channel),
            direction = Words.Of(contact.Direction),
            party = Words.Of(contact.Party),
            outcome = Words.Of(contact.Outcome),
            occurredAt = contact.OccurredAt,
            now = work.Now,
            durationSeconds = contact.DurationSeconds,
            agencyReference = contact.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            noteDigest = fields.BlindIndex(bank, "contact_note", "note", contact.Note!),
            pointDigest = fields.BlindIndex(bank, "contact_note", "point", contact.Point!),
            debtor = @case.DebtorId,
            collector = work.Caller.Person,
            timeZone = "Asia/Shanghai",
            contactPointId = contact.ContactPointId,
            recordingReference = contact.RecordingReference,
            recordingSha256 = (byte[]?)null,
            supersedes = contact.Supersedes,
            breaches = (string?)null,
            permitId = contact.PermitId,
            overrideReason = contact.OverrideReason,
        }, transaction);
        var note = fields.Encrypt(bank, "contact_note", "note_cipher", record, contact.Note!);
        var point = fields.Encrypt(bank, "contact_note", "point_cipher", record, contact.Point!);
        await connection.ExecuteAsync(InsertNote, new { bank, id = record, tenant = work.Tenant, @case = id, note, point, now = work.Now }, transaction);

        // The same row to the byte: with the caller's address encrypted, and signed.
        var entryId = ids.New();
        var address = fields.Encrypt(work.Tenant, "audit_entry", "address_cipher", entryId, request.HttpContext.Connection.RemoteIpAddress!.ToString());
        var row = new AuditEntryRow(work.Tenant, entryId, work.Now, work.Caller.Person, work.Caller.Client, "contact_record.reported", record, null, null, Activity.Current?.TraceId.ToHexString(), address, bank, id, null);
        var entry = new
        {
            tenant = row.TenantId,
            id = row.Id,
            at = row.OccurredAt,
            person = row.PersonId,
            client = row.ClientId,
            action = row.Action,
            subject = row.SubjectId,
            detail = row.Detail,
            changes = row.Changes,
            trace = row.TraceId,
            address,
            sharedWith = row.SharedWith,
            @case = row.CaseId,
            digest = digests.Of(row),
        };
        await connection.ExecuteAsync(InsertAudit, entry, transaction);
        var happened = new { id = ids.New(), bank, agency = work.Tenant, type = "contact_record.reported", kind = "contact_record", subject = record, @case = id, account = @case.AccountId, at = work.Now };
        await connection.ExecuteAsync(InsertEvent, happened, transaction);
        await connection.ExecuteAsync(SetContact, new { bank, id, at = contact.OccurredAt }, transaction);

        var answer = new ContactRecord(
            record, id, contact.Channel, contact.Direction, contact.Party, contact.Outcome, contact.OccurredAt, work.Now, Late: false, "Asia/Shanghai", LocalTime: null, contact.DurationSeconds,
            contact.ContactPointId, contact.AgencyReference, contact.RecordingReference, contact.RecordingSha256, contact.Note, CollectorId: null, Breaches: [], contact.PermitId,
            contact.OverrideReason, contact.Supersedes, SupersededBy: null, AccountNumber: null);
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, Json.Options);
        var keyHash = SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers["Idempotency-Key"].ToString()));
        var body = fields.Encrypt(work.Tenant, "idempotency_record", "body_cipher", record, json);
        await connection.ExecuteAsync(InsertIdempotency, new { tenant = work.Tenant, keyHash, requestHash = keyHash, location = $"/v1/contact-records/{record}", body, now = work.Now }, transaction);
        await transaction.CommitAsync();
        return Results.Bytes(json, "application/json");
    }

    private Work Begin(ClaimsPrincipal user)
    {
        var work = new Work(ids, clock, fields, audit);
        work.Begin(new Caller(tenants[user.FindFirstValue(Claims.Tenant)!], user.FindFirstValue(Claims.Client)!, null, null), null!);
        return work;
    }

    private static async Task<List<CaseWithAccount>> CasesAsync(SqliteConnection connection, SqliteTransaction? transaction, string sql, object parameters) =>
        (await connection.QueryAsync<CaseRow, AccountRow, CaseWithAccount>(sql, static (row, account) => new(row, account), parameters, transaction, splitOn: "account_bank")).AsList();

    private static async Task<ILookup<Id, StandingHold>> HoldsAsync(SqliteConnection connection, List<CaseWithAccount> rows)
    {
        var accounts = JsonSerializer.Serialize(rows.Select(row => new { bank = row.Case.BankId, account = Convert.ToHexString(row.Case.AccountId.ToBytes()) }));
        var holds = await connection.QueryAsync<HoldRow>(HoldsOfPage, new { accounts });
        return holds.ToLookup(hold => hold.AccountId, hold => new StandingHold(hold.Id, Words.Read<HoldKind>(hold.Kind), hold.RaisedAt));
    }

    private sealed record HoldRow(Id AccountId, Id Id, string Kind, DateTimeOffset RaisedAt);

    private static Dictionary<string, TenantInfo> ReadTenants(string folder)
    {
        using var connection = Servers.OpenPlain(folder);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tenant_id, id, code, name, kind FROM base_tenant";
        using var reader = command.ExecuteReader();
        var read = new Dictionary<string, TenantInfo>(StringComparer.Ordinal);
        while (reader.Read())
        {
            var id = Id.FromBytes(reader.GetFieldValue<byte[]>(1));
            read[id.ToString()] = new TenantInfo(reader.GetInt32(0), id, reader.GetString(2), reader.GetString(3), Enum.Parse<TenantKind>(reader.GetString(4), ignoreCase: true));
        }

        return read;
    }
}
