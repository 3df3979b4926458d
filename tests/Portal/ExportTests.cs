using System.Net;
using Agency.Portal.Language;

namespace Agency.Tests.Portal;

/// <summary>Files for spreadsheets: whole, and nothing in them acts.</summary>
[Collection(SharedPortal.Name)]
public sealed class ExportTests(PortalService portal)
{
    [Theory]
    [InlineData("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    [InlineData("  @SUM(A1)", "'  @SUM(A1)")]
    [InlineData("＋1", "'＋1")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("钱多多", "钱多多")]
    [InlineData("", "")]
    public void A_text_is_a_cell_and_never_a_formula(string text, string cell) => Assert.Equal(cell, Csv.Cell(text));

    [Theory]
    [InlineData("110101190001010000", "'110101190001010000")]
    [InlineData("007", "'007")]
    [InlineData("4711", "4711")]
    [InlineData("CNY-0001", "CNY-0001")]
    [InlineData("-1", "'-1")]
    public void A_number_that_is_a_name_keeps_every_digit(string number, string cell) => Assert.Equal(cell, Csv.Number(number));

    [Fact]
    public async Task All_cases_that_the_person_sees_are_in_the_file()
    {
        using var visitor = new Visitor(portal.Address, "zh-CN");
        var list = await visitor.SignInAsync("analyst@harbour.example", "/cases");
        Assert.Contains("href=\"/cases/export\"", list.Html, StringComparison.Ordinal);
        var file = await visitor.OpenAsync("/cases/export");
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (file.Status, file.Answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal([0xEF, 0xBB, 0xBF], (await file.Answer.Content.ReadAsByteArrayAsync())[..3]);
        var lines = file.Html.TrimStart('\uFEFF').TrimEnd().Split("\r\n");
        Assert.Equal(33, lines.Length);
        Assert.StartsWith("账户号,", lines[0], StringComparison.Ordinal);
        Assert.Single(lines, line => line.StartsWith("CNY-0001,", StringComparison.Ordinal) && line.Contains(",12345.68,23.45,6.78,12375.91,", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("KWD-0001,", StringComparison.Ordinal) && line.Contains(",1234.568,", StringComparison.Ordinal));

        using var elsewhere = new Visitor(portal.Address);
        await elsewhere.SignInAsync("manager@lantern.example", "/cases");
        Assert.Single((await elsewhere.OpenAsync("/cases/export")).Html.TrimEnd().Split("\r\n"));
    }
}
