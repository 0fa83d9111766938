using CsCheck;

namespace IotHubDsr.Core.Tests.Foundation;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain ä 漢字 שלום 👩‍👧", "plain ä 漢字 שלום 👩‍👧")]
    [InlineData("a\tb\nc", "a\tb\nc")]
    [InlineData("a\r\nb\rc", "a\nb␍c")]
    [InlineData("\0\u001B[31m\u007F\u0085", "␀␛[31m␡⟨U+0085⟩")]
    [InlineData("\u202Egnp.exe\u2069\u200F", "⟨U+202E⟩gnp.exe⟨U+2069⟩⟨U+200F⟩")]
    [InlineData("\uFEFF\u2028\uFFFF\uFDD0", "⟨U+FEFF⟩⟨U+2028⟩⟨U+FFFF⟩⟨U+FDD0⟩")]
    public void Of_ShowsWhatARendererWouldObey(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Of_HalvesOfPairs_AreShownByNumber()
    {
        Assert.Equal("⟨U+D800⟩a", VisibleText.Of("\uD800a"));
        Assert.Equal("⟨U+DC00⟩⟨U+DC00⟩", VisibleText.Of("\uDC00\uDC00"));
    }

    [Fact]
    public void Of_AnyText_IsWellFormedAndShownOnce() =>
        Gen.String.Sample(text =>
        {
            string shown = VisibleText.Of(text);
            Assert.Equal(shown, VisibleText.Of(shown));
            Assert.DoesNotContain(shown, character => char.IsControl(character) && character is not ('\n' or '\t'));
        });

    [Theory]
    [InlineData("plain ä 漢字 שלום", "plain ä 漢字 שלום")]
    [InlineData("a\tb\r\nIsTrusted : True", "a␉b␍␊IsTrusted : True")]
    [InlineData("\u001B[2A\u001B[2KTrue\u009B1m", "␛[2A␛[2KTrue⟨U+009B⟩1m")]
    [InlineData("a\u200Bb\u200Dc\u2060\u3164\u034F\uFE0F", "a⟨U+200B⟩b⟨U+200D⟩c⟨U+2060⟩⟨U+3164⟩⟨U+034F⟩⟨U+FE0F⟩")]
    [InlineData("\u2028\u2029\u202Egnp.exe", "⟨U+2028⟩⟨U+2029⟩⟨U+202E⟩gnp.exe")]
    public void OfLine_NothingFromOutsideReachesTheTerminalRaw(string text, string shown) => Assert.Equal(shown, VisibleText.OfLine(text));

    [Fact]
    public void OfLine_AnyText_HasNoControlAndIsShownOnce() =>
        Gen.String.Sample(text =>
        {
            string shown = VisibleText.OfLine(text);
            Assert.Equal(shown, VisibleText.OfLine(shown));
            Assert.DoesNotContain(shown, char.IsControl);
        });

    /// <summary>Every text form that PowerShell prints of an output, or of a list in one.</summary>
    [Fact]
    public void ToString_OfEveryOutput_IsVisible()
    {
        const string hostile = "x\u001B[2Ay\u202Ez\u200B\n";
        DataLocation location = new()
        {
            Id = hostile,
            Kind = hostile,
            Place = hostile,
            Provenance = [hostile],
        };
        DeviceDataFinding finding = new()
        {
            DeviceId = hostile,
            HubHostName = hostile,
            Location = location,
            Verdict = Verdict.Present,
        };
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        object[] outputs =
        [
            location,
            finding,
            new ErasureStep(finding, ErasureAction.Erase),
            new ErasureStep(finding, ErasureAction.Erase).Target,
            new HubDevice(hostile),
            new SeenItem(hostile, hostile, 1, 1),
            new CertificateReference(hostile, hostile, now, true) { Path = hostile },
            new RequestReport(hostile, hostile, 1),
            new DataHold
            {
                LocationId = hostile,
                Item = hostile,
                ReviewAt = now,
            },
            new DataRequestLocation
            {
                LocationId = hostile,
                Kind = hostile,
                Place = hostile,
            },
            new ErasureReceipt
            {
                RequestId = hostile,
                DeviceId = hostile,
                Location = location,
                Verdict = Verdict.Erased,
            },
            new ExportCompleteness
            {
                DeviceId = hostile,
                LocationId = hostile,
                Kind = hostile,
                Place = hostile,
                Verdict = Verdict.Absent,
            },
            new ErasureCertificateCheck { Path = hostile, Reason = hostile },
            new ErasureCertificateCheck
            {
                Path = hostile,
                IsValid = true,
                RequestId = hostile,
            },
            new CertifiedLocation
            {
                LocationId = hostile,
                Kind = hostile,
                Place = hostile,
                Verdict = Verdict.Absent,
            },
            new ErasurePlanApproval
            {
                Path = hostile,
                SignaturePath = hostile,
                PlanDigest = hostile,
                ApprovedBy = hostile,
                CertificateSha256 = hostile,
            },
            new ErasurePlan
            {
                HubHostName = hostile,
                CreatedAt = now,
                Steps = [],
                Erasure = new ErasureOptions { Scope = new RecordScope { GenerationId = hostile } },
            },
            new RecordScope { GenerationId = hostile },
            new OperatorStatement(OperatorStatementKind.ExcludedBlobs, hostile) { BlobName = hostile },
            new X509CertificateSource(hostile),
            FaultCatalogue.FileNotRead.For(hostile, hostile),
        ];

        Assert.All(outputs, output => Assert.Equal(VisibleText.OfLine($"{output}"), $"{output}"));
    }

    [Fact]
    public void Details_WithNamesFromOutside_DriveNoTerminal()
    {
        const string hostile = "blob \u001B[31mred\u202E";
        var location = new DataLocation
        {
            Id = "a",
            Kind = "b",
            Place = "c",
            Provenance = ["x"],
        };
        var finding = new DeviceDataFinding
        {
            DeviceId = "dev1",
            Location = location,
            Verdict = Verdict.Unreachable,
            Detail = hostile,
        };
        var hold = new DataHold
        {
            LocationId = "a",
            Ground = hostile,
            ReviewAt = DateTimeOffset.UnixEpoch,
        };

        Assert.All([finding.Detail, hold.Ground], text => Assert.Equal(VisibleText.OfLine(hostile), text));
        Assert.DoesNotContain('\u001B', finding.Detail!);
    }
}
