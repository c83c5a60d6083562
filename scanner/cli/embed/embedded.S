/* The packed baselines as a read-only section: nothing is parsed or copied when the program starts. */
        .section .rodata
        .balign 16
        .globl  plimsoll_baselines_begin
        .hidden plimsoll_baselines_begin
        .globl  plimsoll_baselines_end
        .hidden plimsoll_baselines_end
plimsoll_baselines_begin:
        .incbin PLIMSOLL_PACKED_BASELINES
plimsoll_baselines_end:
        .section .note.GNU-stack,"",@progbits
