import { existsSync } from "node:fs";

/** A Vulkan device in software, which Chromium carries: right where a machine has no GPU, and slow. */
const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Variables of a process that is to have that device. */
export const SOFTWARE_GPU = { VK_ICD_FILENAMES: DRIVER, VK_DRIVER_FILES: DRIVER };

/** Reason to skip a test on that device, or false. */
export const withoutSoftwareGpu: string | false = existsSync(DRIVER)
  ? false
  : `no ${DRIVER} (Debian: apt-get install chromium libvulkan1)`;
