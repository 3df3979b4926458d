using System.Globalization;
using System.Text;

namespace Agency.Host.Demo;

/// <summary>A bank's export, made up but for ever the same: no number in it can be a real person's.</summary>
internal static class DemoFile
{
    private static readonly string[] Products = ["credit_card", "consumer_loan", "car_loan"];
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"];
    private static readonly string[] GivenNames = ["示例", "样本", "测试", "虚构", "演示"];

    /// <summary>Rows for accounts <paramref name="from"/> to <paramref name="to"/>, their dates counted back from today.</summary>
    public static string Csv(string bank, int from, int to, DateOnly today)
    {
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,id_number,phone,email,address,product,credit_limit,principal,interest,fees,oldest_due_date\n");
        for (var i = from; i <= to; i++)
        {
            var principal = 50_000 + (i * 7_919L % 2_950_000);
            var daysPastDue = 5 + (i * 37 % 260);
            csv.AppendJoin(',',
                $"{bank.ToUpperInvariant()}-{i:00000}",
                $"{bank[0]}{i / 2:00000}",
                Surnames[i / 2 % Surnames.Length] + GivenNames[i / 2 % GivenNames.Length] + Text(i / 2),
                IdNumber(i / 2),
                $"+861000{i / 2:0000000}",
                $"debtor{i / 2}@{bank}.example",
                $"虚构省示例市样本路{i / 2}号",
                Products[i % Products.Length],
                Text(principal + 1_000_000),
                Text(principal),
                Text(principal / 50 * (i % 4)),
                Text(i % 3 * 1_500L),
                today.AddDays(-daysPastDue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append('\n');
        }

        return csv.ToString();
    }

    // Region 00 is no region, so the number belongs to nobody; the check digit is right all the same (GB 11643).
    private static string IdNumber(int person)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"000000{1960 + (person % 40)}0{1 + (person % 9)}1{person % 10}{person % 1000:000}");
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return body + "10X98765432"[weights.Select((weight, at) => weight * (body[at] - '0')).Sum() % 11];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
