using System.Diagnostics;
using System.Globalization;
using Agency.Api.AuditLog;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Agency.Tests.AuditLog;

/// <summary>Whoever has the database, and neither the keys nor the checkpoints, changes the audit log: it is always found.</summary>
public sealed class TamperingTests
{
    private const int Times = 1000;
    private const int Seed = 20260302;

    [Fact]
    public async Task A_thousand_random_tamperings_are_found()
    {
        await using var story = await HistoryAsync();
        var service = story.Service;
        using var raw = service.Database.OpenTampering();
        var tampering = new Tampering(raw, new Random(Seed));
        Assert.Empty(await service.FaultsAsync());
        Assert.True(tampering.Entries > 100, $"{tampering.Entries} entries: too short a history.");

        var clock = Stopwatch.StartNew();
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        List<string> missed = [];
        for (var n = 0; n < Times; n++)
        {
            var did = tampering.Do();
            kinds[did] = kinds.GetValueOrDefault(did) + 1;
            if ((await service.VerifyAsync()).FirstOrDefault(verdict => verdict.Fault is not null) is { } verdict)
            {
                var kind = verdict.Fault!.Kind.ToString();
                found[kind] = found.GetValueOrDefault(kind) + 1;
            }
            else
            {
                missed.Add($"{n}: {did}");
            }

            tampering.Undo();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Times} tamperings of {kinds.Count} kinds with {tampering.Entries} entries, {Times - missed.Count} found in {clock.Elapsed.TotalSeconds:0} s: {string.Join(", ", found.Select(kind => $"{kind.Value} {kind.Key}"))}.");
        Assert.Empty(missed);
        Assert.Equal(Tampering.Kinds.Count, kinds.Count);

        // What was put back is as it was: it was the tampering that was found.
        Assert.Empty(await service.FaultsAsync());
    }

    [Fact]
    public async Task What_was_cut_off_is_still_found_after_the_chain_went_on()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        for (var n = 0; n < 5; n++)
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards {n}", Currency = "CNY" });
        }

        await service.CheckpointAsync();
        var harbour = service.Database.NumberOf("harbour");
        service.Database.Tamper($"""
            DELETE FROM base_audit_entry WHERE tenant_id = {harbour} AND id IN (SELECT entry_id FROM base_audit_seal WHERE tenant_id = {harbour} AND number > 3);
            DELETE FROM base_audit_seal WHERE tenant_id = {harbour} AND number > 3;
            """);
        Assert.Equal(AuditFaultKind.CutShort, (await service.VerdictAsync("harbour")).Fault!.Kind);

        for (var n = 0; n < 5; n++)
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"Loans {n}", Currency = "CNY" });
        }

        await service.CheckpointAsync();
        var verdict = await service.VerdictAsync("harbour");
        Assert.Equal((8, AuditFaultKind.CutShort), (verdict.Sealed, verdict.Fault!.Kind));
    }

    [Fact]
    public async Task What_nobody_can_see_is_not_claimed_to_be_seen()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await service.CheckpointAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
        await service.SealAsync();

        // Sealed since the last checkpoint, and taken away together with its seal.
        var harbour = service.Database.NumberOf("harbour");
        Assert.Equal(2, service.Database.Tamper($"""
            DELETE FROM base_audit_entry WHERE tenant_id = {harbour} AND id IN (SELECT entry_id FROM base_audit_seal WHERE tenant_id = {harbour} AND number = 2);
            DELETE FROM base_audit_seal WHERE tenant_id = {harbour} AND number = 2;
            """));
        Assert.Empty(await service.FaultsAsync());

        // Before: not even together with what came after it.
        service.Database.Tamper($"""
            DELETE FROM base_audit_entry WHERE tenant_id = {harbour};
            DELETE FROM base_audit_seal WHERE tenant_id = {harbour};
            """);
        Assert.Single(await service.FaultsAsync());
    }

    /// <summary>Some days between banks and agencies, sealed and told beside the database.</summary>
    private static async Task<Story> HistoryAsync()
    {
        var story = await Story.AtCasesAsync(12);
        foreach (var @case in story.Cases.Values)
        {
            var call = story.Call("Will pay something");
            await story.Swift.ContactRecords.CreateAsync(@case.Id, call);
            var repayment = await story.ReportAsync(1_000, on: @case);
            _ = @case.Account.AccountNumber.Length % 2 == 0 ? await story.Harbour.Repayments.RejectAsync(repayment.Id, Deeds.Because) : await story.ConfirmAsync(repayment);
            story.Service.Clock.Advance(TimeSpan.FromHours(3));
        }

        await story.ApproveAsync(await story.ProposeAsync(40_000));
        foreach (var side in new[] { story.Summit, story.Harbour })
        {
            for (var n = 0; n < 20; n++)
            {
                await side.Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards {n}", Currency = "CNY" });
            }
        }

        await story.RecallAsync();
        await story.Service.CheckpointAsync();
        return story;
    }

    /// <summary>Changes entries and seals at random, as rows of the file, and puts back what was there.</summary>
    private sealed class Tampering
    {
        private static readonly string[] EntryColumns = ["occurred_at", "person_id", "client_id", "action", "subject_id", "detail", "changes", "trace_id", "address_cipher", "shared_with", "case_id", "digest"];
        private static readonly string[] SealColumns = ["number", "entry_id", "sealed_at", "digest"];

        private readonly SqliteConnection raw;
        private readonly Random random;
        private readonly string untouched;

        public Tampering(SqliteConnection raw, Random random)
        {
            this.raw = raw;
            this.random = random;
            raw.Run("CREATE TEMP TABLE kept_entry AS SELECT * FROM base_audit_entry; CREATE TEMP TABLE kept_seal AS SELECT * FROM base_audit_seal");
            untouched = Read();
            Entries = int.Parse(Scalar("SELECT count(*) FROM base_audit_entry"), CultureInfo.InvariantCulture);
        }

        public static IReadOnlyList<string> Kinds { get; } =
        [
            .. EntryColumns.Select(column => $"edit entry {column}"), .. SealColumns.Select(column => $"edit seal {column}"),
            "remove an entry", "remove a seal", "remove an entry and its seal", "remove an entry and its seal and renumber", "cut off the newest", "cut off the newest seals",
            "insert without a digest", "insert with a copied digest", "insert with a made-up digest", "insert with a copied seal at the end", "insert with a copied seal in between",
            "repeat an old entry", "exchange two entries", "exchange what two seals are of", "exchange two numbers", "exchange two times", "give an entry another id",
            "move to another tenant", "move to a tenant that is none", "remove all of a tenant", "remove everything", "remove all seals", "remove seals and digests",
            "remove and seal anew", "write over with nonsense", "forget what changed", "swap before and after", "write an id too short", "empty the details", "set all times back",
        ];

        public int Entries { get; }

        /// <summary>Does one of them, of which something changes for sure.</summary>
        public string Do()
        {
            while (true)
            {
                var kind = Kinds[random.Next(Kinds.Count)];
                raw.Run("BEGIN IMMEDIATE");
                Do(kind);
                raw.Run("COMMIT");
                if (Read() != untouched)
                {
                    return kind;
                }
            }
        }

        public void Undo()
        {
            raw.Run("""
                BEGIN IMMEDIATE;
                DELETE FROM base_audit_seal;
                DELETE FROM base_audit_entry;
                INSERT INTO base_audit_entry SELECT * FROM kept_entry;
                INSERT INTO base_audit_seal SELECT * FROM kept_seal;
                COMMIT
                """);
            Assert.Equal(untouched, Read());
        }

        private void Do(string kind)
        {
            var (tenant, number) = Pick();
            var (other, second) = Pick(not: tenant);
            var another = PickIn(tenant, not: number);
            var last = Last(tenant);
            string Entry(int of, long sealedAs) => $"tenant_id = {of} AND id = (SELECT entry_id FROM kept_seal WHERE tenant_id = {of} AND number = {sealedAs})";
            string Seal(int of, long sealedAs) => $"tenant_id = {of} AND number = {sealedAs}";
            switch (kind)
            {
                case "remove an entry":
                    raw.Run($"DELETE FROM base_audit_entry WHERE {Entry(tenant, number)}");
                    break;
                case "remove a seal":
                    raw.Run($"DELETE FROM base_audit_seal WHERE {Seal(tenant, number)}");
                    break;
                case "remove an entry and its seal":
                    raw.Run($"DELETE FROM base_audit_entry WHERE {Entry(tenant, number)}; DELETE FROM base_audit_seal WHERE {Seal(tenant, number)}");
                    break;
                case "remove an entry and its seal and renumber":
                    raw.Run($"DELETE FROM base_audit_entry WHERE {Entry(tenant, number)}; DELETE FROM base_audit_seal WHERE {Seal(tenant, number)}");
                    raw.Run($"UPDATE base_audit_seal SET number = -number WHERE tenant_id = {tenant} AND number > {number}; UPDATE base_audit_seal SET number = -number - 1 WHERE tenant_id = {tenant} AND number < 0");
                    break;
                case "cut off the newest":
                    raw.Run($"DELETE FROM base_audit_entry WHERE tenant_id = {tenant} AND id IN (SELECT entry_id FROM kept_seal WHERE tenant_id = {tenant} AND number >= {number}); DELETE FROM base_audit_seal WHERE tenant_id = {tenant} AND number >= {number}");
                    break;
                case "cut off the newest seals":
                    raw.Run($"DELETE FROM base_audit_seal WHERE tenant_id = {tenant} AND number >= {number}");
                    break;
                case "insert without a digest":
                    Insert(tenant, number, digest: "NULL");
                    break;
                case "insert with a copied digest":
                    Insert(tenant, number, digest: "digest");
                    break;
                case "insert with a made-up digest":
                    Insert(tenant, number, digest: "CAST(x'0100000001' || randomblob(32) AS BLOB)");
                    break;
                case "insert with a copied seal at the end":
                    raw.Run($"INSERT INTO base_audit_seal SELECT tenant_id, {last + 1}, @id, sealed_at, digest FROM kept_seal WHERE {Seal(tenant, number)}", ("@id", Insert(tenant, number, digest: "digest")));
                    break;
                case "insert with a copied seal in between":
                    raw.Run($"UPDATE base_audit_seal SET number = -number WHERE tenant_id = {tenant} AND number >= {number}; UPDATE base_audit_seal SET number = 1 - number WHERE tenant_id = {tenant} AND number < 0");
                    raw.Run($"INSERT INTO base_audit_seal SELECT tenant_id, {number}, @id, sealed_at, digest FROM kept_seal WHERE {Seal(tenant, number)}", ("@id", Insert(tenant, number, digest: "digest")));
                    break;
                case "repeat an old entry":
                    raw.Run($"INSERT INTO base_audit_entry SELECT tenant_id, randomblob(16), occurred_at, person_id, client_id, action, subject_id, detail, trace_id, address_cipher, digest, changes, shared_with, case_id FROM kept_entry WHERE {Entry(tenant, number)}");
                    break;
                case "exchange two entries":
                    raw.Run($"""
                        UPDATE base_audit_entry SET (occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest) = (SELECT occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest FROM kept_entry WHERE {Entry(tenant, another)}) WHERE {Entry(tenant, number)};
                        UPDATE base_audit_entry SET (occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest) = (SELECT occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest FROM kept_entry WHERE {Entry(tenant, number)}) WHERE {Entry(tenant, another)}
                        """);
                    break;
                case "exchange what two seals are of":
                    raw.Run($"UPDATE base_audit_seal SET entry_id = randomblob(16) WHERE {Seal(tenant, number)}; UPDATE base_audit_seal SET entry_id = (SELECT entry_id FROM kept_seal WHERE {Seal(tenant, number)}) WHERE {Seal(tenant, another)}; UPDATE base_audit_seal SET entry_id = (SELECT entry_id FROM kept_seal WHERE {Seal(tenant, another)}) WHERE {Seal(tenant, number)}");
                    break;
                case "exchange two numbers":
                    raw.Run($"UPDATE base_audit_seal SET number = -1 WHERE {Seal(tenant, number)}; UPDATE base_audit_seal SET number = {number} WHERE {Seal(tenant, another)}; UPDATE base_audit_seal SET number = {another} WHERE {Seal(tenant, -1)}");
                    break;
                case "exchange two times":
                    raw.Run($"UPDATE base_audit_entry SET occurred_at = (SELECT occurred_at FROM kept_entry WHERE {Entry(tenant, another)}) WHERE {Entry(tenant, number)}; UPDATE base_audit_entry SET occurred_at = (SELECT occurred_at FROM kept_entry WHERE {Entry(tenant, number)}) WHERE {Entry(tenant, another)}");
                    break;
                case "give an entry another id":
                    var id = random.GetItems(Enumerable.Range(0, 256).Select(value => (byte)value).ToArray(), 16);
                    raw.Run($"UPDATE base_audit_entry SET id = @id WHERE {Entry(tenant, number)}", ("@id", id));
                    raw.Run($"UPDATE base_audit_seal SET entry_id = @id WHERE {Seal(tenant, number)}", ("@id", id));
                    break;
                case "move to another tenant":
                    raw.Run($"UPDATE base_audit_entry SET tenant_id = {other} WHERE {Entry(tenant, number)}; UPDATE base_audit_seal SET tenant_id = {other}, number = {Last(other) + 1} WHERE {Seal(tenant, number)}");
                    break;
                case "move to a tenant that is none":
                    raw.Run($"UPDATE base_audit_entry SET tenant_id = 999 WHERE {Entry(tenant, number)}; UPDATE base_audit_seal SET tenant_id = 999 WHERE {Seal(tenant, number)}");
                    break;
                case "remove all of a tenant":
                    raw.Run($"DELETE FROM base_audit_entry WHERE tenant_id = {tenant}; DELETE FROM base_audit_seal WHERE tenant_id = {tenant}");
                    break;
                case "remove everything":
                    raw.Run("DELETE FROM base_audit_entry; DELETE FROM base_audit_seal");
                    break;
                case "remove all seals":
                    raw.Run($"DELETE FROM base_audit_seal WHERE tenant_id = {tenant}");
                    break;
                case "remove seals and digests":
                    raw.Run($"DELETE FROM base_audit_seal WHERE tenant_id = {tenant}; UPDATE base_audit_entry SET digest = NULL, detail = 'nothing' WHERE tenant_id = {tenant}");
                    break;
                case "remove and seal anew":
                    raw.Run($"DELETE FROM base_audit_entry WHERE {Entry(tenant, number)}; UPDATE base_audit_seal SET entry_id = randomblob(16) WHERE {Seal(tenant, number)}; UPDATE base_audit_seal SET digest = CAST(x'0100000001' || randomblob(32) AS BLOB) WHERE tenant_id = {tenant} AND number >= {number}");
                    break;
                case "write over with nonsense":
                    raw.Run($"UPDATE base_audit_entry SET occurred_at = 'long ago' WHERE {Entry(tenant, number)}");
                    break;
                case "write an id too short":
                    raw.Run($"UPDATE base_audit_entry SET subject_id = x'0102' WHERE {Entry(tenant, number)}");
                    break;
                case "empty the details":
                    raw.Run($"UPDATE base_audit_entry SET detail = '' WHERE tenant_id = {tenant}");
                    break;
                case "forget what changed":
                    raw.Run($"UPDATE base_audit_entry SET changes = NULL WHERE tenant_id = {tenant}");
                    break;
                case "swap before and after":
                    raw.Run($"UPDATE base_audit_entry SET changes = json_object('state', json_array(changes ->> '$.state[1]', changes ->> '$.state[0]')) WHERE tenant_id = {tenant} AND changes ->> '$.state[1]' IS NOT NULL");
                    break;
                case "set all times back":
                    raw.Run($"UPDATE base_audit_entry SET occurred_at = '2001' || substr(occurred_at, 5) WHERE tenant_id = {tenant}");
                    break;
                case var edit when edit.StartsWith("edit entry ", StringComparison.Ordinal):
                    var column = edit["edit entry ".Length..];
                    raw.Run($"UPDATE base_audit_entry SET {column} = {Another(column)} WHERE {Entry(tenant, number)}");
                    break;
                case "edit seal number":
                    raw.Run($"UPDATE base_audit_seal SET number = {last + random.Next(1, 9)} WHERE {Seal(tenant, number)}");
                    break;
                case "edit seal entry_id":
                    raw.Run($"UPDATE base_audit_seal SET entry_id = (SELECT entry_id FROM kept_seal WHERE {Seal(other, second)}) WHERE {Seal(tenant, number)}");
                    break;
                case var edit when edit.StartsWith("edit seal ", StringComparison.Ordinal):
                    raw.Run($"UPDATE base_audit_seal SET {edit["edit seal ".Length..]} = {Another(edit["edit seal ".Length..])} WHERE {Seal(tenant, number)}");
                    break;
                default:
                    throw new InvalidOperationException($"Nobody said how to {kind}.");
            }
        }

        private byte[] Insert(int tenant, long like, string digest)
        {
            var id = new byte[16];
            random.NextBytes(id);
            raw.Run($"""
                INSERT INTO base_audit_entry (tenant_id, id, occurred_at, person_id, client_id, action, subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, digest)
                SELECT tenant_id, @id, occurred_at, person_id, client_id, 'case.recalled', subject_id, detail, changes, trace_id, address_cipher, shared_with, case_id, {digest}
                FROM kept_entry WHERE tenant_id = {tenant} AND id = (SELECT entry_id FROM kept_seal WHERE tenant_id = {tenant} AND number = {like})
                """, ("@id", id));
            return id;
        }

        // Another value of the column: of its form, of another row, or none.
        private string Another(string column) => (column, random.Next(3)) switch
        {
            ("occurred_at" or "sealed_at", 0) => $"substr({column}, 1, 22) || ((substr({column}, 23, 1) + 1) % 10)",
            ("occurred_at" or "sealed_at", _) => $"'{random.Next(1990, 2100)}' || substr({column}, 5)",
            ("person_id" or "subject_id" or "case_id", 0) => "NULL",
            ("person_id" or "subject_id" or "case_id", _) => "randomblob(16)",
            ("shared_with", 0) => "NULL",
            ("shared_with", _) => "coalesce(shared_with, 0) + 1",
            ("digest", 0) => "CAST(substr(digest, 1, 36) || randomblob(1) AS BLOB)",
            ("digest", 1) => "CAST(x'0100000009' || substr(digest, 6) AS BLOB)",
            ("digest", _) => "CAST(x'0100000001' || randomblob(32) AS BLOB)",
            ("address_cipher", 0) => "NULL",
            ("address_cipher", _) => "randomblob(40)",
            (_, 0) => $"coalesce({column}, '') || 'x'",
            (_, 1) when column != "action" => $"CASE WHEN {column} IS NULL THEN '' END",
            _ => "'nobody.asked'",
        };

        private (int Tenant, long Number) Pick(int? not = null)
        {
            var tenants = Scalar("SELECT group_concat(DISTINCT tenant_id) FROM kept_seal").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Where(tenant => tenant != not).ToArray();
            var tenant = tenants[random.Next(tenants.Length)];
            return (tenant, PickIn(tenant));
        }

        private long PickIn(int tenant, long? not = null)
        {
            var last = Last(tenant);
            var number = random.NextInt64(1, last + 1);
            return number == not ? (number % last) + 1 : number;
        }

        private long Last(int tenant) => long.Parse(Scalar($"SELECT max(number) FROM kept_seal WHERE tenant_id = {tenant}"), CultureInfo.InvariantCulture);

        private string Read() => Scalar("""
            SELECT (SELECT group_concat(concat_ws('|', tenant_id, hex(id), occurred_at, quote(person_id), quote(client_id), action, quote(subject_id), quote(detail), quote(changes), quote(trace_id), quote(address_cipher), quote(shared_with), quote(case_id), quote(digest)), char(10))
                    FROM (SELECT * FROM base_audit_entry ORDER BY tenant_id, id))
                || char(10) || (SELECT group_concat(concat_ws('|', tenant_id, number, hex(entry_id), sealed_at, hex(digest)), char(10)) FROM (SELECT * FROM base_audit_seal ORDER BY tenant_id, number))
            """);

        private string Scalar(string query)
        {
            using var command = raw.CreateCommand();
            command.CommandText = query;
            return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
        }
    }
}
