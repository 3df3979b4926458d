using System.Data.Common;
using System.Net;
using Agency.Api;
using Agency.Api.Data;
using Agency.Api.Identity;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Identity;

/// <summary>A refusal at sign-in does the same work whatever its reason, so that its time does not tell which addresses exist. The deeds are counted, not the time.</summary>
public sealed class UniformRefusals
{
    private const string Analyst = "analyst@harbour.example";

    [Fact]
    public async Task Unknown_wrong_locked_and_disabled_cost_the_same()
    {
        var deeds = new Deeds();
        await using var service = await TestService.StartAsync(deeds.Watch);
        using var browser = new Browser(service.Address);
        await browser.GetAsync("/sign-in");
        using (var raw = service.Database.OpenRaw())
        using (var command = raw.CreateCommand())
        {
            command.CommandText = "UPDATE auth_person SET disabled_at = '2026-01-01 00:00:00.000' WHERE email = 'admin@harbour.example'";
            command.ExecuteNonQuery();
        }

        await RefusedAsync("nobody@harbour.example", "wrong");
        var unknown = await RefusedAsync("nobody@harbour.example", "wrong");
        var wrong = await RefusedAsync(Analyst, "wrong");
        for (var failure = 0; failure < 5; failure++)
        {
            await RefusedAsync(Analyst, "wrong");
        }

        var locked = await RefusedAsync(Analyst, "wrong");
        var lockedAndRight = await RefusedAsync(Analyst, TestDatabase.Password);
        var disabledAndRight = await RefusedAsync("admin@harbour.example", TestDatabase.Password);

        Assert.Equal(["read", "SELECT auth_person", "hash", "write", "SELECT auth_person", "UPDATE", "changed"], unknown);
        Assert.Equal(unknown, wrong);
        Assert.Equal(unknown, locked);
        Assert.Equal(unknown, lockedAndRight);
        Assert.Equal(unknown, disabledAndRight);

        // A second between them, so that nothing is written as it was.
        async Task<string[]> RefusedAsync(string email, string password)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            var before = Stored();
            deeds.Done.Clear();
            var answer = await browser.SubmitAsync("/sign-in", email, password);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            return Stored() == before ? [.. deeds.Done] : [.. deeds.Done, "changed"];
        }

        string Stored() => service.Database.Scalar("SELECT (SELECT group_concat(failed_count || ifnull(last_failed_at, '')) FROM auth_person) || (SELECT group_concat(failed_count || ifnull(last_failed_at, '')) FROM auth_unknown_address)")!;
    }

    /// <summary>What sign-in asked of the database and of the hash, in order.</summary>
    private sealed class Deeds
    {
        public List<string> Done { get; } = [];

        public void Watch(WebApplicationBuilder builder)
        {
            builder.Services.AddSingleton<IPasswordHasher<Secrets>>(new WatchedHasher(this));
            builder.Services.AddSingleton<Engine>(provider => new WatchedEngine(new SqliteEngine(provider.GetRequiredService<DatabaseSettings>().Application), this));
        }
    }

    private sealed class WatchedHasher(Deeds deeds) : IPasswordHasher<Secrets>
    {
        private readonly PasswordHasher<Secrets> hasher = new();

        public string HashPassword(Secrets user, string password) => hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Secrets user, string hashedPassword, string providedPassword)
        {
            deeds.Done.Add("hash");
            return hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    private sealed class WatchedEngine(SqliteEngine engine, Deeds deeds) : Engine, IDisposable
    {
        public override string Name => engine.Name;

        internal override bool HasOneWriter => engine.HasOneWriter;

        public void Dispose() => engine.Dispose();

        public override bool IsDuplicate(DbException exception) => engine.IsDuplicate(exception);

        public override Task<IReadOnlyList<string>> FindIsolationFaultsAsync(CancellationToken cancellation) => engine.FindIsolationFaultsAsync(cancellation);

        internal override string Text(Sql sql)
        {
            var text = engine.Text(sql);
            if (text.Contains("auth_person", StringComparison.Ordinal) || text.Contains("auth_unknown", StringComparison.Ordinal))
            {
                deeds.Done.Add(text.StartsWith("SELECT", StringComparison.Ordinal) ? "SELECT auth_person" : "UPDATE");
            }

            return text;
        }

        internal override object? Parameters(object? values) => engine.Parameters(values);

        internal override Task<Lease> OpenAsync(Door door, TenantContext? context, Use use, CancellationToken cancellation)
        {
            if (door == Door.Identity)
            {
                deeds.Done.Add(use == Use.Write ? "write" : "read");
            }

            return engine.OpenAsync(door, context, use, cancellation);
        }

        internal override Task BulkInsertAsync<TRow>(Lease lease, BulkInsert<TRow> insert, IReadOnlyList<TRow> rows, CancellationToken cancellation) =>
            engine.BulkInsertAsync(lease, insert, rows, cancellation);

        internal override bool IsLockTimeout(DbException exception) => engine.IsLockTimeout(exception);

        internal override bool IsRefusedByRule(DbException exception) => engine.IsRefusedByRule(exception);
    }
}
