using System.Management.Automation.Host;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Hosting;

/// <summary>The size of the terminal, which views are laid out for. Its cells cannot be read or written.</summary>
internal sealed class ShellRawUserInterface : PSHostRawUserInterface
{
    private static readonly Coordinates Origin = new(0, 0);

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Coordinates CursorPosition
    {
        get => Origin;
        set => throw Unsupported();
    }

    public override Coordinates WindowPosition
    {
        get => Origin;
        set => throw Unsupported();
    }

    public override int CursorSize
    {
        get => 25;
        set => throw Unsupported();
    }

    public override Size BufferSize
    {
        get => new(ConsoleOutput.Width, ConsoleOutput.Height);
        set => throw Unsupported();
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw Unsupported();
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override bool KeyAvailable => ConsoleInput.IsTerminal && Console.KeyAvailable;

    public override string WindowTitle { get; set; } = "";

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
            Console.ReadKey(intercept: true);
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unsupported();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw Unsupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    private static HostException Unsupported() => new("This console does not give access to single cells, keys or its size.");
}
