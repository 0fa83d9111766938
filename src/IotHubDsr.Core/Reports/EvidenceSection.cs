namespace IotHubDsr.Core.Reports;

/// <summary>The digests that tie the report to its evidence, and what the verdicts mean.</summary>
internal static class EvidenceSection
{
    public const string SectionId = "evidence";

    public const string LegendId = "verdicts";

    public static void Write(MarkupWriter html, ReportModel model)
    {
        using (html.Section(SectionId, "Evidence"))
        {
            html.Element(
                Tag.P,
                "This page is a reading aid. The files below are the evidence; compare their SHA-256 with the digests below."
            );
            using (html.Table("Files of the request", ("File", false), ("Digest", false), ("Signature", false)))
            {
                Row(html, "Plan", model.Evidence.PlanDigest, "Approved as a whole by this digest");
                Row(html, "Journal", model.Evidence.JournalDigest, "Hash of its last line, which covers all previous lines");
                foreach (ReportCertificate certificate in model.Evidence.Certificates)
                {
                    string signature = certificate.IsSigned ? "Signed" : "Unsigned: it proves nothing about who issued it";
                    Row(
                        html,
                        $"Certificate {certificate.Name}",
                        certificate.Digest,
                        $"{signature}. Issued {ReportTime.Minute(certificate.IssuedAt)}"
                    );
                }

                if (model.Evidence.Certificates.Count == 0)
                    Row(html, "Certificate", null, "None was issued");
            }
        }

        using (html.Section(LegendId, "What the verdicts mean"))
        {
            html.Element(Tag.P, "From best to worst. The overall verdict is the worst one. A place that was not read is never Absent.");
            using (html.Element(Tag.Dl, (Attribute.Class, "legend")))
            {
                foreach (VerdictLook look in VerdictLook.All)
                {
                    using (html.Element(Tag.Div))
                    {
                        using (html.Element(Tag.Dt))
                            html.Badge(look.Verdict);
                        html.Element(Tag.Dd, look.Meaning);
                    }
                }
            }
        }
    }

    private static void Row(MarkupWriter html, string file, string? digest, string signature)
    {
        using (html.Element(Tag.Tr))
        {
            using (html.Element(Tag.Th, (Attribute.Scope, "row"), (Attribute.DataLabel, "File")))
                html.Data(file);
            using (html.Element(Tag.Td, (Attribute.DataLabel, "Digest")))
                html.Element(Tag.Code, digest ?? "none");
            html.Element(Tag.Td, digest is null && file != "Certificate" ? "There is none" : signature, (Attribute.DataLabel, "Signature"));
        }
    }
}
