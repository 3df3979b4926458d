using System.Globalization;
using System.Text;

namespace Agency.Host.Demo;

/// <summary>What an example debtor signed: a page of PDF with a line on it.</summary>
internal static class DemoAgreement
{
    private const string Says = "BT /F1 18 Tf 72 760 Td (Repayment plan, signed. An example.) Tj ET";

    private static readonly string[] Objects =
    [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        string.Create(CultureInfo.InvariantCulture, $"<< /Length {Says.Length} >>\nstream\n{Says}\nendstream"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ];

    public static byte[] Pdf()
    {
        var text = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        for (var i = 0; i < Objects.Length; i++)
        {
            places.Add(text.Length);
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{Objects[i]}\nendobj\n");
        }

        var table = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"xref\n0 {Objects.Length + 1}\n0000000000 65535 f \n");
        places.ForEach(place => text.Append(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n"));
        text.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {Objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
